# TAB completion of kubectl-vmsvc for PowerShell. For one shell, or in $PROFILE:
#   kubectl-vmsvc completion powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName kubectl-vmsvc -ScriptBlock {
    param($typed, $line, $cursor)

    # Up to the cursor, without quotes that were closed.
    $words = @($line.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursor } | ForEach-Object {
        if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst] -and $_.Extent.EndOffset -le $cursor) {
            $_.Value
        } else {
            $_.Extent.Text.Substring(0, [Math]::Min($_.Extent.Text.Length, $cursor - $_.Extent.StartOffset))
        }
    })
    $program = $words[0]
    $before = @($words | Select-Object -Skip 1)
    $last = ''
    if ($typed -ne '') {
        $last = $before[-1]
        $before = @($before | Select-Object -SkipLast 1)
    }
    # An empty word may get lost on the way, depending on the version and on what kind of file the program is.
    $asked = if ($last -eq '') { '""' } else { $last }

    # Values of options come without what stands before them, and what stands behind a comma is a word of its own here.
    $start = if ($last -match '^-[^=]*=') { $Matches[0] } else { '' }
    $kept = [Math]::Max(0, $last.Length - $typed.Length)
    $lines = @(& $program __complete @before $asked 2>$null)
    if ($lines.Count -gt 0 -and $lines[-1] -eq ':0') {
        return [System.Management.Automation.CompletionCompleters]::CompleteFilename($last.Substring($start.Length)) | ForEach-Object {
            [System.Management.Automation.CompletionResult]::new($start + $_.CompletionText, $_.ListItemText, $_.ResultType, $_.ToolTip)
        }
    }
    $lines | Where-Object { $_ -ne '' -and $_ -notmatch '^:\d+$' } | ForEach-Object {
        $word, $note = $_ -split '\t', 2
        if (-not $note) { $note = $word }
        $whole = ($start + $word).Substring([Math]::Min($kept, ($start + $word).Length))
        # What PowerShell would take apart, or for something else.
        if ($word -match '[\s$;&|<>(){}"'']') { $whole = "'" + ($whole -replace "'", "''") + "'" }
        [System.Management.Automation.CompletionResult]::new($whole, $word, 'ParameterValue', $note)
    }
}
