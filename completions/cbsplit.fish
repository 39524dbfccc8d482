# SPDX-License-Identifier: MIT
# Completion of cbsplit for fish.  Options are those of cbsplit --help
# (tests/house/man-options.sh compares them).

# The framings for one side, from or to, and after a comma their keys.
function __cbsplit_framing --argument-names side
    set -l spec (string replace -r '^(--[a-z-]+=|-[ft])' '' -- (commandline -ct))
    set -l column 2
    test $side = from; or set column 3
    if not string match -q '*,*' -- $spec
        cbsplit --list 2>/dev/null | awk -v column=$column '$column != "-" {
            name = $1; $1 = $2 = $3 = ""; sub(/^ */, ""); print name "\t" $0 }'
        return
    end
    set -l keys
    set -l name (string replace -r '[:,].*' '' -- $spec)
    set -l from keep
    set -l to
    switch $name
        case line
            set keys skip-empty
            set -a from fold lines=
        case lf crlf nul
            set keys skip-empty
        case delim
            set keys or= skip-empty
        case between
            set keys end=
        case start
            set -a from or= line blank
        case fixed
            set -a from byte= only=
            set to pad=
        case 'u*' grpc docker dns kafka tpkt tls bson 'postgres*' mysql fcgi
            set keys offset= header= scale= adjust= inclusive min= max= align= trailer= more= sequence=
            set -a from padding= byte= only=
            set to lead=
        case varint vlq quic mqtt
            set keys offset= header= scale= adjust= inclusive min= max= align= trailer= max-width= canonical
            set -a from byte= only=
            set to lead=
        case dec hex
            set keys trailer= canonical digits= inclusive control= min= max=
        case chunked
            set -a from lf pad
        case http
            set -a from lf pad head
        case content-length sip warc
            set keys start-line version= trailer=
            set -a from lf fold or=
            set to lead=
        case pcap
            set -a from max=
        case csv
            set -a from sep= quote= escape= cr skip-empty
        case json
            set -a from array
            set to header
        case websocket
            set -a from data message rsv1
            set to text mask
        case sse
            set -a from data
        case resp
            set -a from inline aof
    end
    if test $side = from
        set -a keys $from
    else
        set -a keys $to
    end
    for key in $keys
        echo (string replace -r ',[^,]*$' ',' -- $spec)$key
    end
end

complete -c cbsplit -s f -l from -x -a '(__cbsplit_framing from)' -d 'How the input is framed'
complete -c cbsplit -s d -l delim -x -d 'End records at a string'
complete -c cbsplit -s t -l to -x -a '(__cbsplit_framing to)' -d 'How the output is framed'
complete -c cbsplit -s 0 -l print0 -d 'End records with a zero byte'
complete -c cbsplit -l skip -x -d 'Leave out the first records'
complete -c cbsplit -s n -l head -x -d 'Stop after so many records'
complete -c cbsplit -l select -x -d 'Only records with these numbers'
complete -c cbsplit -l part -x -d 'The records that begin in part K/N of a file'
complete -c cbsplit -l exact -d 'Take no byte beyond the last record'
complete -c cbsplit -s c -l count -d 'Print the number of records'
complete -c cbsplit -s o -l output -r -d 'Write each record to a file'
complete -c cbsplit -l force -d 'Replace files that exist'
complete -c cbsplit -l group -x -d 'So many records for each file or command'
complete -c cbsplit -l group-size -x -d 'As many records as fit in a size'
complete -c cbsplit -l header -x -d 'The first records go to each of them'
complete -c cbsplit -l exec -x -a '(__fish_complete_command)' -d 'Run a command for each record'
complete -c cbsplit -l worker -x -a '(__fish_complete_command)' -d 'Share records out'
complete -c cbsplit -s j -l jobs -x -d 'Run so many commands at once'
complete -c cbsplit -l collect -x -a '(__cbsplit_framing from)' -d 'How what commands print is framed'
complete -c cbsplit -l collect-to -x -a '(__cbsplit_framing to)' -d 'How it is written'
complete -c cbsplit -s k -l keep-order -d 'Write it in the order of the records'
complete -c cbsplit -l check -d 'Say whether the input is well formed'
complete -c cbsplit -l max-record -x -d 'Longest record'
complete -c cbsplit -l on-overflow -x -a 'fail skip truncate' -d 'A record that is too long'
complete -c cbsplit -l idle -x -d 'Do not wait longer for what would end a record'
complete -c cbsplit -l on-malformed -x -a 'fail skip' -d 'Malformed input'
complete -c cbsplit -l on-collision -x -a 'pass fail' -d 'A record with a delimiter in it'
complete -c cbsplit -l on-partial -x -a 'fail emit drop' -d 'An unfinished last record'
complete -c cbsplit -l progress -d 'Show how far the work is'
complete -c cbsplit -l stats -a 'text json' -d 'Figures about the sizes of records'
complete -c cbsplit -l list -d 'List every framing'
complete -c cbsplit -l explain -x -a '(__cbsplit_framing from)' -d 'What a framing stands for'
complete -c cbsplit -s h -l help -d 'Print a summary of the options'
complete -c cbsplit -s V -l version -d 'Print the version'
