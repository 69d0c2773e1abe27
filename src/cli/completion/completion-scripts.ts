import type { Shell } from './shells.ts';

/**
 * The script that makes TAB work in a shell. It knows nothing of the commands: each time it asks `__complete`, which prints
 * candidates, each with a tab and a note where there is one, and then `:` with a sum of 2 (no blank behind it) and 4 (no files).
 */
export function completionScript(shell: Shell): string {
  return scripts[shell];
}

/** Where the script of each shell lies in completions/, under the name by which shells look for it. */
export const completionFiles: Readonly<Record<Shell, string>> = {
  bash: 'kubectl-vmsvc.bash',
  zsh: '_kubectl-vmsvc',
  fish: 'kubectl-vmsvc.fish',
  powershell: 'kubectl-vmsvc.ps1',
};

const bash = `# TAB completion of kubectl-vmsvc for bash, 3.2 or later. For one shell, or in ~/.bashrc:
#   source <(kubectl-vmsvc completion bash)

__kubectl_vmsvc() {
  COMPREPLY=()
  local line=\${COMP_LINE:0:COMP_POINT} rest word i
  local -a words=()
  # bash splits at = and : as well. What has no blank before it belongs to the word that came before.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    rest=\${line#"\${line%%[![:space:]]*}"}
    word=\${COMP_WORDS[i]}
    if ((i == COMP_CWORD)); then word=$rest; fi
    if ((i > 0)) && [[ $rest == "$line" ]]; then
      words[\${#words[@]}-1]+=$word
    else
      words+=("$word")
    fi
    line=\${rest#"$word"}
  done

  # What the words mean, without what quotes them; and where in the last one begins what bash replaces: behind a quote that is open,
  # else behind the last of these characters that is not quoted.
  local -a plain=()
  local open opened char breaks='' start
  for char in = : @; do
    if [[ $COMP_WORDBREAKS == *"$char"* ]]; then breaks+=$char; fi
  done
  for word in "\${words[@]}"; do
    line='' open='' opened=0 start=0
    for ((i = 0; i < \${#word}; i++)); do
      char=\${word:i:1}
      if [[ $char == '\\' && $open != "'" ]]; then
        i=$((i + 1))
        line+=\${word:i:1}
      elif [[ -z $open && ($char == "'" || $char == '"') ]]; then
        open=$char opened=\${#line}
      elif [[ $char == "$open" ]]; then
        open=''
      else
        line+=$char
        if [[ -z $open && $breaks == *"$char"* ]]; then start=\${#line}; fi
      fi
    done
    plain+=("$line")
  done
  if [[ -n $open ]]; then start=$opened; fi

  local program=\${plain[0]} typed=\${plain[\${#plain[@]}-1]} before=''
  if [[ $program == '~/'* ]]; then program=$HOME\${program#'~'}; fi
  local replaced=\${typed:start}
  # Values of options come without what stands before them.
  if [[ $typed == -*=* ]]; then
    before=\${typed%%=*}=
    typed=\${typed#*=}
  fi

  local directive=4 quoted
  while IFS= read -r line; do
    word=\${line%%$'\\t'*}
    if [[ $line == :[0-9]* ]]; then
      directive=\${line#:}
    elif [[ -n $word && $word == "$typed"* ]]; then
      quoted=$before$word
      quoted=\${quoted:start}
      if [[ -z $open ]]; then
        printf -v quoted %q "$quoted"
        # A comma needs no quoting, which would be in the way of the next TAB.
        quoted=\${quoted//\\\\,/,}
      fi
      COMPREPLY+=("$quoted")
    fi
  done < <("$program" __complete "\${plain[@]:1}" 2>/dev/null)

  if ((directive & 2)); then compopt -o nospace 2>/dev/null; fi
  if ((!(directive & 4))) && ! compopt -o default 2>/dev/null; then
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$replaced")
  fi
  return 0
}

complete -F __kubectl_vmsvc kubectl-vmsvc
`;

const zsh = `#compdef kubectl-vmsvc
# TAB completion of kubectl-vmsvc for zsh. In ~/.zshrc below compinit, or as the file _kubectl-vmsvc in a folder of fpath:
#   source <(kubectl-vmsvc completion zsh)

_kubectl-vmsvc() {
  local line word note program=\${(Q)words[1]} directive=4
  local -a typed candidates blank
  typed=("\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}")
  # Values of options come without what stands before them.
  if [[ $PREFIX == -*=* ]]; then compset -P 1 '*='; fi
  for line in "\${(@f)$("\${~program}" __complete "\${(@)typed}" 2>/dev/null)}"; do
    if [[ $line == :<-> ]]; then
      directive=\${line#:}
    elif [[ -n $line ]]; then
      word=\${line%%$'\\t'*}
      note=\${\${line#$word}#$'\\t'}
      # A colon separates the two.
      candidates+=("\${word//:/\\\\:}\${note:+:$note}")
    fi
  done
  if ((directive & 2)); then blank=(-S ''); fi
  if ((directive & 4)); then
    _describe 'kubectl-vmsvc' candidates "\${blank[@]}"
  else
    _files
  fi
}

if [[ $funcstack[1] == _kubectl-vmsvc ]]; then
  _kubectl-vmsvc "$@"
else
  compdef _kubectl-vmsvc kubectl-vmsvc
fi
`;

const fish = `# TAB completion of kubectl-vmsvc for fish. As ~/.config/fish/completions/kubectl-vmsvc.fish, or for one shell:
#   kubectl-vmsvc completion fish | source

function __kubectl_vmsvc
    set -l words (commandline -opc)
    # What it means, without what quotes it.
    set -l typed (commandline -ct | string replace -ra '\\\\\\\\(.)|[\\'"]' '$1')
    set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
    set -e words[1]
    # Values of options come without what stands before them.
    set -l before (string match -r -- '^-[^=]*=' $typed)
    set -l directive 4
    for line in ($program __complete $words "$typed" 2>/dev/null)
        if string match -qr '^:\\d+$' -- $line
            set directive (string sub -s 2 -- $line)
        else
            printf '%s\\n' "$before$line"
        end
    end
    if test $directive -eq 0
        for path in (__fish_complete_path (string sub -s (math (string length -- "$before") + 1) -- "$typed"))
            printf '%s\\n' "$before$path"
        end
    end
end

complete -c kubectl-vmsvc -f -a '(__kubectl_vmsvc)'
`;

const powershell = `# TAB completion of kubectl-vmsvc for PowerShell. For one shell, or in $PROFILE:
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
    $lines | Where-Object { $_ -ne '' -and $_ -notmatch '^:\\d+$' } | ForEach-Object {
        $word, $note = $_ -split '\\t', 2
        if (-not $note) { $note = $word }
        $whole = ($start + $word).Substring([Math]::Min($kept, ($start + $word).Length))
        # What PowerShell would take apart, or for something else.
        if ($word -match '[\\s$;&|<>(){}"'']') { $whole = "'" + ($whole -replace "'", "''") + "'" }
        [System.Management.Automation.CompletionResult]::new($whole, $word, 'ParameterValue', $note)
    }
}
`;

const scripts: Readonly<Record<Shell, string>> = { bash, zsh, fish, powershell };
