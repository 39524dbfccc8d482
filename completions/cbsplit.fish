# SPDX-License-Identifier: MIT
# Completion of cbsplit for fish.  What there is to complete, the program itself
# says: options by --help, framings by --list, their keys by --list=FRAMING.

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
    set -l begun (string replace -r ',[^,]*$' ',' -- $spec)
    for key in (cbsplit --list=(string replace -r '[:,].*' '' -- $spec) 2>/dev/null |
            awk -v column=$column '$column != "-" && $1 != ":" { print $1 }')
        echo $begun$key
    end
end

# A line for each option: its letter or a space, its name, its argument as --help has
# it, such as "=fail|skip" or "[=FRAMING]", and what it is for; tabs between them.
function __cbsplit_options
    cbsplit --help 2>/dev/null | awk '
        function flush() {
            if (name)
                print letter "\t" name "\t" argument "\t" help
            name = ""
        }
        /^  (-.,|   ) --/ {
            flush()
            letter = substr($0, 4, 1)
            name = substr($0, 9)
            help = name
            sub(/[ =[].*/, "", name)
            sub(/^[^ ]* */, "", help)
            argument = substr($0, 9 + length(name))
            sub(/ .*/, "", argument)
            next
        }
        name && /^            / { sub(/^ */, help ? " " : ""); help = help $0; next }
        { flush() }'
end

for line in (__cbsplit_options)
    set -l fields (string split \t -- $line)
    set -l option -l $fields[2] -d $fields[4]
    test "$fields[1]" = ' '; or set -a option -s $fields[1]
    set -l argument (string replace -ra '[][=]' '' -- "$fields[3]")
    # What must follow may be the next word.
    string match -q '=*' -- "$fields[3]"; and set -a option -r
    switch "$argument"
        case ''
        case '*|*'
            set -a option -f -a (string replace -a '|' ' ' -- $argument)
        case FRAMING
            set -l side from
            string match -qr '(^|-)to$' -- $fields[2]; and set side to
            set -a option -f -a "(__cbsplit_framing $side)"
        case COMMAND
            set -a option -f -a '(__fish_complete_command)'
        case TEMPLATE FILE
        case '*'
            set -a option -f
    end
    complete -c cbsplit $option
end
