# SPDX-License-Identifier: MIT
# Completion of cbsplit for bash.  What there is to complete, the program itself
# says: options by --help, framings by --list, their keys by --list=FRAMING.

# A line for each option: its letter or a space, its name, and its argument as
# --help has it, such as "=fail|skip" or "[=FRAMING]".
_cbsplit_options() {
    "${COMP_WORDS[0]}" --help 2>/dev/null | awk '
        /^  (-.,|   ) --/ {
            name = argument = substr($0, 9)
            sub(/[ =[].*/, "", name)
            sub(/^[a-z0-9-]*/, "", argument)
            sub(/ .*/, "", argument)
            print substr($0, 4, 1) "\t" name "\t" argument
        }'
}

# _cbsplit_listed from|to [FRAMING] - the framings for a side, or the keys of one
_cbsplit_listed() {
    local column=2
    [[ $1 == from ]] || column=3
    "${COMP_WORDS[0]}" --list${2:+="$2"} 2>/dev/null |
        awk -v column=$column '$column != "-" && $1 != ":" && !seen[$1]++ { print $1 }'
}

# Completes a specification; bash takes ':' and '=' for ends of words, so what
# it already has of this one is cut from the candidates.
_cbsplit_framing() {
    local spec=$1 side=$2 prefix='' word names i
    if [[ $spec == *,* ]]; then
        prefix=${spec%,*},
        word=${spec##*,}
        names=$(_cbsplit_listed "$side" "${spec%%[:,]*}")
    elif [[ $spec == *:* ]]; then
        return
    else
        word=$spec
        names=$(_cbsplit_listed "$side")
    fi
    mapfile -t COMPREPLY < <(compgen -P "$prefix" -W "$names" -- "$word")
    compopt -o nospace 2>/dev/null
    local broken="${spec%"${spec##*[:=]}"}"
    for i in "${!COMPREPLY[@]}"; do
        COMPREPLY[i]=${COMPREPLY[i]#"$broken"}
    done
}

# _cbsplit_value NAME ARGUMENT VALUE - completes what an option takes
_cbsplit_value() {
    local name=$1 argument=${2//[=[\]]/} value=$3 side=from
    [[ $name != to && $name != *-to ]] || side=to
    case $argument in
    *'|'*) mapfile -t COMPREPLY < <(compgen -W "${argument//|/ }" -- "$value") ;;
    FRAMING) _cbsplit_framing "$value" $side ;;
    COMMAND) mapfile -t COMPREPLY < <(compgen -c -- "$value") ;;
    TEMPLATE | FILE) mapfile -t COMPREPLY < <(compgen -f -- "$value") ;;
    esac
}

_cbsplit() {
    local line=${COMP_LINE:0:COMP_POINT} word option='' value='' letter name argument
    local -a candidates=()
    COMPREPLY=()
    # The words as the shell sees them: bash has cut them at '=' and ':'.
    word=${line##*[[:space:]]}
    if [[ $word == --*=* ]]; then
        option=${word%%=*}
        value=${word#*=}
    elif [[ $word != -* ]]; then
        line=${line%"$word"}
        line=${line%"${line##*[![:space:]]}"}
        option=${line##*[[:space:]]}
        value=$word
    fi
    while IFS=$'\t' read -r letter name argument; do
        [[ $argument == =* ]] && candidates+=("--$name=") || candidates+=("--$name")
        [[ $letter == ' ' ]] || candidates+=("-$letter")
        # What may be left out is in the same word as the option.
        if [[ $option == --"$name" && ($argument == =* || $word == *=*) ]] ||
            [[ $letter != ' ' && $option == -"$letter" && $argument == =* ]]; then
            _cbsplit_value "$name" "$argument" "$value"
            return
        fi
    done < <(_cbsplit_options)
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "${candidates[*]}" -- "$word")
        [[ ${COMPREPLY[*]} != *= ]] || compopt -o nospace 2>/dev/null
    else
        compopt -o default 2>/dev/null
    fi
}

complete -F _cbsplit cbsplit
