# TAB completion of kubectl-vmsvc for bash, 3.2 or later. For one shell, or in ~/.bashrc:
#   source <(kubectl-vmsvc completion bash)

__kubectl_vmsvc() {
  local line=${COMP_LINE:0:COMP_POINT} rest word i
  local -a words=()
  # bash splits at = and : as well. What has no blank before it belongs to the word that came before.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    rest=${line#"${line%%[![:space:]]*}"}
    word=${COMP_WORDS[i]}
    if ((i == COMP_CWORD)); then word=$rest; fi
    if ((i > 0)) && [[ $rest == "$line" ]]; then
      words[${#words[@]}-1]+=$word
    else
      words+=("$word")
    fi
    line=${rest#"$word"}
  done

  local program=${words[0]} typed=${words[${#words[@]}-1]}
  if [[ $program == '~/'* ]]; then program=$HOME${program#'~'}; fi
  # Values of options come without what stands before them.
  if [[ $typed == -*=* ]]; then typed=${typed#*=}; fi

  # bash replaces what stands behind the last of these characters, and no more.
  local replaced=$typed mark
  for mark in = : @; do
    if [[ $COMP_WORDBREAKS == *"$mark"* ]]; then replaced=${replaced##*"$mark"}; fi
  done
  local kept=${typed%"$replaced"}

  local directive=4 quoted
  COMPREPLY=()
  while IFS= read -r line; do
    word=${line%%$'\t'*}
    if [[ $line == :[0-9]* ]]; then
      directive=${line#:}
    elif [[ -n $word && $word == "$typed"* ]]; then
      printf -v quoted %q "${word#"$kept"}"
      COMPREPLY+=("$quoted")
    fi
  done < <("$program" __complete "${words[@]:1}" 2>/dev/null)

  if ((directive & 2)); then compopt -o nospace 2>/dev/null; fi
  if ((!(directive & 4))) && ! compopt -o default 2>/dev/null; then
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$replaced")
  fi
  return 0
}

complete -F __kubectl_vmsvc kubectl-vmsvc
