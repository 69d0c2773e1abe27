# TAB completion of kubectl-vmsvc for PowerShell. For one shell, or in $PROFILE:
#   kubectl-vmsvc completion powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName kubectl-vmsvc -ScriptBlock {
    param($typed, $line, $cursor)

    $words = @($line.CommandElements | Where-Object { $_.Extent.EndOffset -le $cursor } | ForEach-Object { $_.ToString() })
    $program = $words[0]
    $before = @($words | Select-Object -Skip 1)
    if ($typed -ne '') { $before = @($before | Select-Object -SkipLast 1) }
    # Before 7.3 an empty word got lost on the way.
    $last = if ($typed -eq '' -and $PSVersionTable.PSVersion -lt [version]'7.3') { '""' } else { $typed }

    # Values of options come without what stands before them.
    $start = if ($typed -match '^-[^=]*=') { $Matches[0] } else { '' }
    $lines = @(& $program __complete @before $last 2>$null)
    if ($lines[-1] -eq ':0') {
        return [System.Management.Automation.CompletionCompleters]::CompleteFilename($typed.Substring($start.Length)) | ForEach-Object {
            [System.Management.Automation.CompletionResult]::new($start + $_.CompletionText, $_.ListItemText, $_.ResultType, $_.ToolTip)
        }
    }
    $lines | Where-Object { $_ -ne '' -and $_ -notmatch '^:\d+$' } | ForEach-Object {
        $word, $note = $_ -split '\t', 2
        if (-not $note) { $note = $word }
        [System.Management.Automation.CompletionResult]::new($start + $word, $word, 'ParameterValue', $note)
    }
}
