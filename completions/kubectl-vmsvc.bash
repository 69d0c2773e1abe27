# TAB completion of kubectl-vmsvc for bash, 3.2 or later. For one shell, or in ~/.bashrc:
#   source <(kubectl-vmsvc completion bash)

__kubectl_vmsvc() {
  COMPREPLY=()
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

  # What the words mean, without what quotes them; and where in the last one begins what bash replaces: behind a quote that is open,
  # else behind the last of these characters that is not quoted.
  local -a plain=()
  local open opened char breaks='' start
  for char in = : @; do
    if [[ $COMP_WORDBREAKS == *"$char"* ]]; then breaks+=$char; fi
  done
  for word in "${words[@]}"; do
    line='' open='' opened=0 start=0
    for ((i = 0; i < ${#word}; i++)); do
      char=${word:i:1}
      if [[ $char == '\' && $open != "'" ]]; then
        i=$((i + 1))
        line+=${word:i:1}
      elif [[ -z $open && ($char == "'" || $char == '"') ]]; then
        open=$char opened=${#line}
      elif [[ $char == "$open" ]]; then
        open=''
      else
        line+=$char
        if [[ -z $open && $breaks == *"$char"* ]]; then start=${#line}; fi
      fi
    done
    plain+=("$line")
  done
  if [[ -n $open ]]; then start=$opened; fi

  local program=${plain[0]} typed=${plain[${#plain[@]}-1]} before=''
  if [[ $program == '~/'* ]]; then program=$HOME${program#'~'}; fi
  local replaced=${typed:start}
  # Values of options come without what stands before them.
  if [[ $typed == -*=* ]]; then
    before=${typed%%=*}=
    typed=${typed#*=}
  fi

  local directive=4 quoted
  while IFS= read -r line; do
    word=${line%%$'\t'*}
    if [[ $line == :[0-9]* ]]; then
      directive=${line#:}
    elif [[ -n $word && $word == "$typed"* ]]; then
      quoted=$before$word
      quoted=${quoted:start}
      if [[ -z $open ]]; then
        printf -v quoted %q "$quoted"
        # A comma needs no quoting, which would be in the way of the next TAB.
        quoted=${quoted//\\,/,}
      fi
      COMPREPLY+=("$quoted")
    fi
  done < <("$program" __complete "${plain[@]:1}" 2>/dev/null)

  if ((directive & 2)); then compopt -o nospace 2>/dev/null; fi
  if ((!(directive & 4))) && ! compopt -o default 2>/dev/null; then
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$replaced")
  fi
  return 0
}

complete -F __kubectl_vmsvc kubectl-vmsvc
