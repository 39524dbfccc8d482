# SPDX-License-Identifier: MIT
#
# Makes the pages of section 3 from the comments of the public header, so that
# each call is described in one place only.
#
#   awk -v out=FOLDER -v examples=FOLDER -v title='chunkedbuffer 0.1.0' \
#       -v date=2026-11-30 -f header-to-man.awk pages chunkedbuffer.h
#
# `pages` has a line for each heading of the header: the heading, the name of
# its page, one line about it, and the names of related pages.  A page for each
# function is a link to the page of its heading.  Where `examples` has a program
# with the name of the page, the page shows it.
#
# What it knows of C is what the header uses: at the top level, and without
# indentation, comments that begin a group, `enum`, `struct`, `typedef`,
# `#define`, `CB_API` and `static inline`; a blank line ends a group.

function fail(why) {
    print FILENAME ":" FNR ": " why >"/dev/stderr"
    failed = 1
    exit 1
}

# ----------------------------------------------------------------- the text

# What groff would read as something else, and names in bold or italic type.
function inline(text,    done, at) {
    gsub(/\\/, "\\e", text)
    gsub(/\^/, "\\(ha", text)
    gsub(/~/, "\\(ti", text)
    gsub(/'/, "\\(aq", text)
    gsub(/-/, "\\-", text)
    while (match(text, /`[^`]*`/))
        text = substr(text, 1, RSTART - 1) "\\fI" substr(text, RSTART + 1, RLENGTH - 2) "\\fP" \
            substr(text, RSTART + RLENGTH)
    # A name of ours: at a word's beginning, and not one in italic type.
    done = ""
    while (match(text, /(CB_[A-Z0-9_]+|cb_[a-z0-9_]+)(\.\.\.)?/)) {
        at = RSTART > 1 ? substr(text, RSTART - 1, 1) : " "
        if (at ~ /[A-Za-z0-9_]/ || substr(text, 1, RSTART - 1) ~ /\\fI[^\\]*$/)
            done = done substr(text, 1, RSTART + RLENGTH - 1)
        else
            done = done substr(text, 1, RSTART - 1) "\\fB" substr(text, RSTART, RLENGTH) "\\fP"
        text = substr(text, RSTART + RLENGTH)
    }
    return done text
}

# A line that begins with a dot would be a request.
function protected(line) {
    return line ~ /^[.]/ ? "\\&" line : line
}

# A line of text, with each sentence on a line of its own.
function sentences(text) {
    text = inline(text)
    gsub(/\.  +/, ".\n", text)
    gsub(/  +/, " ", text)
    return protected(text)
}

# A comment as paragraphs and lists.
function prose(comment,    lines, n, i, line, body, inside, label, rest) {
    n = split(comment, lines, "\n")
    body = ""
    inside = ""
    for (i = 1; i <= n; i++) {
        line = lines[i]
        sub(/[ \t]+$/, "", line)
        if (line == "") {
            inside = body != "" ? "gap" : ""
        } else if (line ~ /^ *- /) {
            sub(/^ *- /, "", line)
            body = body ".IP \\(bu 2\n" sentences(line) "\n"
            inside = "bullet"
        } else if (line ~ /^   ?[^ ]/ && inside != "bullet" &&
                match(line, /^ +(CB_[A-Z.]+ |[^ ]+( [^ ]+)*  )/)) {
            label = substr(line, 1, RLENGTH)
            rest = substr(line, RLENGTH + 1)
            gsub(/^ +| +$/, "", label)
            sub(/^ +/, "", rest)
            body = body ".TP\n\\fB" label "\\fP\n" sentences(rest) "\n"
            inside = "table"
        } else {
            if (inside != "" && line !~ /^ /) {
                body = body ".PP\n"
                inside = ""
            }
            sub(/^ +/, "", line)
            body = body sentences(line) "\n"
        }
    }
    return body
}

# ---------------------------------------------------------- the declarations

# A declaration without what is for the compiler only.
function plain(text) {
    gsub(/CB_NONNULL(_1|_2)?|CB_MUST_USE|CB_API|CB_PRINTF\([0-9], [0-9]\)|static inline/, "", text)
    gsub(/[ \n\t]+/, " ", text)
    gsub(/^ | $/, "", text)
    gsub(/ ;/, ";", text)
    return text
}

# In lines that fit a page.
function wrapped(text,    done, cut) {
    done = ""
    while (length(text) > 70) {
        cut = 70
        while (cut && substr(text, cut, 2) != ", ")
            cut--
        if (!cut)
            cut = index(text, "(")
        done = done substr(text, 1, cut) "\n    "
        text = substr(text, cut + 1)
        sub(/^ /, "", text)
    }
    return done text
}

function bold(text,    lines, n, i, done) {
    n = split(text, lines, "\n")
    done = ""
    for (i = 1; i <= n; i++) {
        gsub(/\\/, "\\e", lines[i])
        gsub(/-/, "\\-", lines[i])
        done = done "\\fB" lines[i] "\\fP\n"
    }
    return done
}

# Paragraphs and lists of a member belong below its name.
function set_in(text) {
    if (!match(text, /\n\.(TP|IP|PP)/))
        return text
    return substr(text, 1, RSTART) ".RS\n" substr(text, RSTART + 1) ".RE\n"
}

# The members of a struct or enum, each with its comment.
function members(text, separator,    body, pending, depth, i, c, one, comment, seen, line) {
    body = pending = ""
    while (text != "") {
        if (match(text, /^[ \n\t]+/)) {
            text = substr(text, RLENGTH + 1)
            continue
        }
        if (substr(text, 1, 2) == "/*") {
            pending = comment_text(substr(text, 1, index(text, "*/") + 1))
            text = substr(text, index(text, "*/") + 2)
            continue
        }
        depth = 0
        for (i = 1; i <= length(text); i++) {
            c = substr(text, i, 1)
            depth += c == "("
            depth -= c == ")"
            if (c == separator && depth == 0 || substr(text, i, 2) == "/*")
                break
        }
        one = plain(substr(text, 1, i - 1))
        text = substr(text, i + (substr(text, i, 1) == separator))
        comment = pending
        pending = ""
        line = index(text, "\n") ? substr(text, 1, index(text, "\n") - 1) : text
        if (match(line, /^ *\/\*/)) {
            text = substr(text, index(text, "/*"))
            comment = comment_text(substr(text, 1, index(text, "*/") + 1))
            text = substr(text, index(text, "*/") + 2)
        }
        if (one != "")
            body = body ".TP\n" bold(one) (comment != "" ? set_in(prose(comment)) : "\\&\n")
    }
    return body
}

# A comment without its stars.
function comment_text(text,    lines, n, i, done, depth) {
    sub(/^\/\*/, "  ", text)
    sub(/[ \n]*(\*\/)$/, "", text)
    n = split(text, lines, "\n")
    done = ""
    depth = -1
    for (i = 1; i <= n; i++) {
        sub(/^ *\*( |$)/, "", lines[i])
        # Without stars, the lines after the first are indented as it is.
        if (i == 1)
            sub(/^ +/, "", lines[i])
        else if (text !~ /\n *\*/)
            sub(/^ +/, "", lines[i])
        done = done (i > 1 ? "\n" : "") lines[i]
    }
    sub(/^\n/, "", done)
    return done
}

# ------------------------------------------------------------------ a group

# The group that ends here goes to its page.
function flush_group(    titles) {
    if (names != "" || kinds != "") {
        titles = names != "" ? names : kinds
        body[page] = body[page] ".SS " titles "\n" prose(comment) details
    } else if (comment != "")
        intro[page] = intro[page] prose(comment)
    comment = names = kinds = details = ""
}

function add_name(list, name) {
    return list == "" ? name : list ", " name
}

function declare(text,    proto, name, note) {
    note = ""
    if (match(text, /;[ ]*\/\*.*\*\/[ ]*$/)) {
        note = comment_text(substr(text, index(text, "/*")))
        text = substr(text, 1, RSTART)
    }
    proto = plain(text)
    if (proto !~ /;$/)
        proto = proto ";"
    name = proto
    if (name ~ /\(\*/)
        sub(/^[^(]*\(\*/, "", name)
    else
        sub(/\(.*/, "", name)
    sub(/\).*/, "", name)
    sub(/.*[ *]/, "", name)
    synopsis[page] = synopsis[page] bold(wrapped(proto))
    functions[page] = add_name(functions[page], name)
    page_of[name] = page
    names = add_name(names, name)
    if (note != "")
        details = details ".PP\n" prose("`" name "`: " note)
}

# A struct, enum or macro: what it is called, and its members.
function define(text,    name, inside) {
    name = text
    sub(/[ ]*\{.*/, "", name)
    gsub(/\n/, " ", name)
    inside = substr(text, index(text, "{") + 1)
    sub(/\}[^}]*$/, "", inside)
    note = ""
    if (name == "enum" && match(inside, /CB_[A-Z0-9_]+/))
        name = substr(inside, RSTART, RLENGTH) (inside ~ /,/ ? ", ..." : "")
    kinds = add_name(kinds, name)
    details = details members(inside, text ~ /^enum/ ? "," : ";")
}

# ------------------------------------------------------------------- reading

BEGIN {
    FS = "\t+"
}

# The table of pages.
FNR == NR {
    if ($0 !~ /^#/ && NF) {
        if (NF != 4)
            fail("not four fields")
        page_for[$1] = $2
        about[$2] = $3
        related[$2] = $4
        order[++pages] = $2
    }
    next
}

/^\/\* -+ .* \*\/$/ {
    flush_group()
    heading = $0
    gsub(/^\/\* -+ | \*\/$/, "", heading)
    if (!(heading in page_for))
        fail("no page for the heading \"" heading "\"")
    page = page_for[heading]
    next
}

page == "" { next }

# What goes on over several lines.
state == "comment" {
    block = block "\n" $0
    if (/\*\//) {
        comment = comment_text(block)
        state = ""
    }
    next
}
state == "body" {
    block = block "\n" $0
    if (/^\};/) {
        define(block)
        state = ""
    }
    next
}
state == "function" {
    block = block "\n" $0
    if (/;/) {
        declare(block)
        state = ""
    }
    next
}
state == "inline" {
    if (/^\{/) {
        declare(block)
        state = "skip"
    } else
        block = block "\n" $0
    next
}
state == "skip" {
    if (/^\}/)
        state = ""
    next
}

/^$/ {
    flush_group()
    next
}
/^#ifdef __cplusplus/ { exit }
/^\/\*/ {
    flush_group()
    block = $0
    if (/\*\//)
        comment = comment_text(block)
    else
        state = "comment"
    next
}
/^#define/ {
    split($0, word, /[ ]+/)
    kinds = add_name(kinds, word[2])
    next
}
/^(struct|enum)[^;]*$/ {
    block = $0
    state = "body"
    next
}
/^enum.*\};/ {
    if (match($0, / *\/\*.*$/)) {
        comment = comment_text(substr($0, index($0, "/*")))
        $0 = substr($0, 1, RSTART - 1)
    }
    define($0)
    next
}
/^struct [a-z_]*;$/ {
    kinds = add_name(kinds, substr($0, 1, length($0) - 1))
    next
}
/^typedef/ {
    declare($0)
    next
}
/^CB_API/ {
    block = $0
    if (/;/)
        declare(block)
    else
        state = "function"
    next
}
/^static inline/ {
    block = $0
    state = "inline"
    next
}
{ fail("not understood: " $0) }

# ------------------------------------------------------------------- writing

function write_page(name,    file, line, list, n, i, see) {
    file = out "/" name ".3"
    print ".\\\" Made by header-to-man.awk from chunkedbuffer.h." >file
    print ".TH " toupper(name) " 3 " date " \"" title "\" \"Library Functions Manual\"" >file
    print ".nh\n.ad l" >file
    n = split(functions[name], list, ", ")
    line = name
    for (i = 1; i <= n; i++)
        if (list[i] != name)
            line = line ",\n" list[i]
    print ".SH NAME\n" line "\n\\- " about[name] >file
    print ".SH LIBRARY\n.B cc\n.I file.c\n.B $(pkg\\-config \\-\\-cflags \\-\\-libs" \
        " libchunkedbuffer)" >file
    print ".SH SYNOPSIS\n.nf\n.B #include <chunkedbuffer.h>\n.PP" >file
    printf "%s.fi\n", synopsis[name] >file
    printf ".SH DESCRIPTION\n%s%s", intro[name], body[name] >file
    example(name, file)
    print ".SH \"SEE ALSO\"" >file
    n = split("chunkedbuffer " related[name], list, " ")
    for (i = 1; i <= n; i++)
        print ".BR " list[i] " (3)" (i < n ? "," : "") >file
    close(file)
}

# The program, where there is one.
function example(name, file,    source, line, begun) {
    source = examples "/" name ".c"
    begun = 0
    while ((getline line <source) > 0) {
        if (line ~ /SPDX/)
            continue
        if (!begun++)
            print ".SH EXAMPLES\n.EX" >file
        gsub(/\\/, "\\e", line)
        gsub(/-/, "\\-", line)
        gsub(/'/, "\\(aq", line)
        print protected(line) >file
    }
    close(source)
    if (begun)
        print ".EE" >file
}

END {
    if (failed)
        exit 1
    flush_group()
    for (i = 1; i <= pages; i++)
        write_page(order[i])
    for (name in page_of)
        if (!(name in about)) {
            print ".so man3/" page_of[name] ".3" >(out "/" name ".3")
            close(out "/" name ".3")
        }
}
