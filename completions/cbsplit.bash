# SPDX-License-Identifier: MIT
# Completion of cbsplit for bash.  Options are those of cbsplit --help
# (tests/house/man-options.sh compares them).

# The keys of a framing on one side, from or to.
_cbsplit_keys() {
    local both='' from='' to=''
    case $1 in
    line)
        both=skip-empty
        from='fold lines='
        ;;
    lf | crlf | nul) both=skip-empty ;;
    delim) both='or= skip-empty' ;;
    between) both=end= ;;
    start) from='or= line blank' ;;
    fixed)
        from='byte= only='
        to=pad=
        ;;
    u[0-9]* | grpc | docker | dns | kafka | tpkt | tls | bson | postgres* | mysql | fcgi)
        both='offset= header= scale= adjust= inclusive min= max= align= trailer= more= sequence='
        from='padding= byte= only='
        to=lead=
        ;;
    varint | vlq | quic | mqtt)
        both='offset= header= scale= adjust= inclusive min= max= align= trailer= max-width= canonical'
        from='byte= only='
        to=lead=
        ;;
    dec | hex) both='trailer= canonical digits= inclusive control= min= max=' ;;
    chunked) from='lf pad' ;;
    http) from='lf pad head' ;;
    content-length | sip | warc)
        both='start-line version= trailer='
        from='lf fold or='
        to=lead=
        ;;
    pcap) from=max= ;;
    csv) from='sep= quote= escape= cr skip-empty' ;;
    json)
        from=array
        to=header
        ;;
    websocket)
        from='data message rsv1'
        to='text mask'
        ;;
    sse) from=data ;;
    resp) from='inline aof' ;;
    esac
    if [[ $2 == from ]]; then
        echo "keep $both $from"
    else
        echo "$both $to"
    fi
}

# The names of framings that can go in, or out.
_cbsplit_names() {
    local column=2
    [[ $1 == from ]] || column=3
    "${COMP_WORDS[0]}" --list 2>/dev/null |
        awk -v column=$column '$column != "-" { print $1 }'
}

# Completes a specification; bash takes ':' and '=' for ends of words, so what
# it already has of this one is cut from the candidates.
_cbsplit_framing() {
    local spec=$1 side=$2 prefix='' word names i
    if [[ $spec == *,* ]]; then
        prefix=${spec%,*},
        word=${spec##*,}
        names=$(_cbsplit_keys "${spec%%[:,]*}" "$side")
    elif [[ $spec == *:* ]]; then
        return
    else
        word=$spec
        names=$(_cbsplit_names "$side")
    fi
    mapfile -t COMPREPLY < <(compgen -P "$prefix" -W "$names" -- "$word")
    compopt -o nospace
    local broken="${spec%"${spec##*[:=]}"}"
    for i in "${!COMPREPLY[@]}"; do
        COMPREPLY[i]=${COMPREPLY[i]#"$broken"}
    done
}

_cbsplit() {
    local line=${COMP_LINE:0:COMP_POINT} word option value
    local options='--from= --delim= --to= --print0 --skip= --head= --select= --part= --exact
        --count --check --output= --force --group= --group-size= --header= --exec= --worker= --jobs=
        --collect= --collect-to= --keep-order
        --max-record= --on-overflow= --on-partial= --idle= --on-malformed= --on-collision= --progress --stats --list --explain= --help --version'
    COMPREPLY=()
    # The words as the shell sees them: bash has cut them at '=' and ':'.
    word=${line##*[[:space:]]}
    case $word in
    --*=*)
        option=${word%%=*}
        value=${word#*=}
        ;;
    *)
        line=${line%"$word"}
        line=${line%"${line##*[![:space:]]}"}
        option=${line##*[[:space:]]}
        value=$word
        [[ $option != --stats ]] || option=
        ;;
    esac
    case $option in
    --from | -f | --collect | --explain) _cbsplit_framing "$value" from ;;
    --to | -t | --collect-to) _cbsplit_framing "$value" to ;;
    --on-overflow) mapfile -t COMPREPLY < <(compgen -W 'fail skip truncate' -- "$value") ;;
    --on-malformed) mapfile -t COMPREPLY < <(compgen -W 'fail skip' -- "$value") ;;
    --on-collision) mapfile -t COMPREPLY < <(compgen -W 'pass fail' -- "$value") ;;
    --on-partial) mapfile -t COMPREPLY < <(compgen -W 'fail emit drop' -- "$value") ;;
    --output | -o) mapfile -t COMPREPLY < <(compgen -f -- "$value") ;;
    --exec | --worker) mapfile -t COMPREPLY < <(compgen -c -- "$value") ;;
    --stats) mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$value") ;;
    --delim | -d | --skip | --head | -n | --select | --part) ;;
    --jobs | -j | --group | --group-size | --header | --max-record) ;;
    *)
        if [[ $word == -* ]]; then
            mapfile -t COMPREPLY < <(compgen -W "$options -f -d -t -0 -n -c -o -j -k" -- "$word")
            [[ ${COMPREPLY[*]} != *= ]] || compopt -o nospace
        else
            compopt -o default
        fi
        ;;
    esac
}

complete -F _cbsplit cbsplit
