# SPDX-License-Identifier: GPL-2.0-or-later
# table.awk - for scripts/check-bugs: what the records of run.sh prove
#
#	awk -f table.awk -v form=line|text|page [-v date=DATE] [-v how=SENTENCES] RECORDS
#
# line: one line for each bug.  text: the whole table.  page: the same as Markdown.
# Exit status: 0 everything is as foretold, 1 it is not, 3 something could not be told.

BEGIN {
	FS = "\t"
	LATE = 10 # seconds from boot in which a deterministic bug is to show
	n = split("ordered-delalloc od ordered-nodelalloc on writeback-delalloc wd " \
		  "writeback-nodelalloc wn journal-delalloc jd journal-nodelalloc jn " \
		  "dioread_nolock dn dioread_lock dl nojournal nd nojournal-nodelalloc nn " \
		  "ext3 eo ext3-journal ej bigalloc bd bigalloc-nodelalloc bn inline id discard di", word, " ")
	for (i = 1; i < n; i += 2)
		short[word[i]] = word[i + 1]
}

$1 == "bug" {
	b = ++bugs
	name[b] = $2
	kind[b] = $3
	needs[b] = $4
	foretold[b] = $5
	subject[b] = $6
	mirrors[b] = $7
}

$1 == "cell" {
	want[b, $2] = $3
	if (!($2 in seen_cell)) {
		seen_cell[$2] = 1
		cell[++cells] = $2
	}
}

$1 == "fault" {
	fault[b] = fault[b] (fault[b] == "" ? "" : "; ") $3
	fault_status[b] = $2 > fault_status[b] ? $2 : fault_status[b]
}

$1 == "kernel" && !(($2, kind[b], needs[b]) in said) {
	said[$2, kind[b], needs[b]] = 1
	if (kind[b] == "base" && !($2 in version_seen)) {
		version_seen[$2] = 1
		version[++versions] = $2
		gsub(/[^ :]*\//, "", version[versions]) # of the machine it ran on
	}
}

$1 == "try" {
	if ($2 > rounds[b])
		rounds[b] = $2
	tries[b, $2]++
	spent[b, $2] += $4
	all_spent[b] += $4
}

$1 == "case" {
	if (kind[b] == "base" && $5 != "file-system" && !($5 in scenario_seen)) {
		scenario_seen[$5] = 1
		scenario[++scenarios] = $5
	}
	count[b, $6, $4]++
	if ($4 == "FAIL")
		take_red($2, $5, $6, kind[b] != "deterministic" || $3 == 1 ? $9 : "-")
}

function take_red(round, s, c, first) {
	caught_in[b, round] = 1
	if (!((b, c, s) in red_by)) {
		red_by[b, c, s] = 1
		nr_red_by[b, c]++
	}
	if (want[b, c] != "green" && !((b, s) in catches)) { # of races: as far as it ran
		catches[b, s] = 1
		nr_catches[b]++
		catcher[b, nr_catches[b]] = s
		caught_by[s] = caught_by[s] (caught_by[s] == "" ? "" : " ") name[b]
	}
	if (first != "-" && (!(b in first_s) || first + 0 < first_s[b])) {
		first_s[b] = first + 0
		first_by[b] = s
		first_in[b] = c
	}
}

# One letter: what the cell is, against what it should be.
function letter(b, c,   w) {
	w = want[b, c]
	if ((b, c, "FAIL") in count)
		return w == "green" ? "!" : w == "may" ? "m" : "R"
	if ((b, c, "BROKEN") in count)
		return "?"
	if ((b, c, "PASS") in count || (b, c, "KNOWN") in count)
		return w == "must" ? (kind[b] == "race" ? "r" : "X") : w == "may" ? "-" : "."
	return " "
}

function judge(b,   i, l, r) {
	for (i = 1; i <= cells; i++) {
		l = letter(b, cell[i])
		nr[b, l]++
	}
	reds[b] = nr[b, "R"] + nr[b, "m"]
	if (kind[b] == "race")
		for (r = 1; r <= rounds[b]; r++)
			rounds_caught[b] += (b, r) in caught_in
	if (fault[b] != "")
		outcome[b] = fault_status[b] == 3 ? "untold" : "unfit"
	else if (kind[b] == "base")
		outcome[b] = nr[b, "!"] ? "RED" : nr[b, "?"] || !nr[b, "."] ? "untold" : "green"
	else if (kind[b] == "race")
		outcome[b] = !rounds[b] ? "not run" : rounds_caught[b] == rounds[b] ? "caught" : \
			     nr[b, "?"] ? "untold" : "MISSED"
	else if (!nr[b, "R"])
		outcome[b] = nr[b, "X"] ? "MISSED" : nr[b, "?"] ? "untold" : "not run"
	else
		outcome[b] = nr[b, "X"] ? "partly" : nr[b, "!"] ? "strays" : nr[b, "?"] ? "untold" : "caught"
	if (outcome[b] == "untold")
		untold++
	else if (outcome[b] == "caught")
		caught++
	else if (outcome[b] != "green")
		wrong++
	if (kind[b] != "base")
		all++
}

function seconds(s) { return sprintf(s < 10 ? "%.1f s" : "%.0f s", s) }

# Of several times that a race was caught: the slowest.
function slowest(b, of,   r, most) {
	for (r = 1; r <= rounds[b]; r++)
		if (of[b, r] > most)
			most = of[b, r]
	return most + 0
}

function cells_with(b, letters,   i, text) {
	for (i = 1; i <= cells; i++)
		if (index(letters, letter(b, cell[i])))
			text = text " " cell[i]
	return text
}

function remarks(b,   text) {
	if (fault[b] != "")
		text = text "; " fault[b]
	if (nr[b, "X"])
		text = text "; green that should be red:" cells_with(b, "X")
	if (nr[b, "!"])
		text = text "; red that should be green:" strays(b)
	if (nr[b, "?"])
		text = text "; could not be told:" cells_with(b, "?")
	if (kind[b] == "race" && rounds[b])
		text = text "; caught " rounds_caught[b] + 0 " of " rounds[b] " times"
	if (kind[b] == "deterministic" && first_s[b] > LATE)
		text = text "; late: after more than " LATE " s"
	if (first_by[b] != "" && foretold[b] != "-" && !((b, foretold[b]) in catches))
		text = text "; not by " foretold[b] ", which was expected"
	return substr(text, 3)
}

# The stray cells, each with the scenarios that are red there.
function strays(b,   i, c, key, part, text) {
	for (i = 1; i <= cells; i++) {
		c = cell[i]
		if (letter(b, c) != "!")
			continue
		text = text " " c " ("
		for (key in red_by) {
			split(key, part, SUBSEP)
			if (part[1] == b && part[2] == c)
				text = text part[3] " "
		}
		sub(/ $/, ")", text)
	}
	return text
}

function catch_words(b) {
	if (first_by[b] == "")
		return "-"
	return first_by[b] (first_by[b] == foretold[b] || !((b, foretold[b]) in catches) ? "" : "*")
}

function one_line(b,   text) {
	text = "check-bugs: " name[b] ": " outcome[b]
	if (first_by[b] != "")
		text = text " by " first_by[b] "/" first_in[b] ", " seconds(first_s[b]) " after boot"
	text = text ", " nr[b, "R"] + nr[b, "X"] + nr[b, "r"] + 0 " cells must be red, " nr[b, "R"] + 0 " are"
	if (remarks(b) != "")
		text = text "; " remarks(b)
	return text " (" all_spent[b] + 0 " s)"
}

function pad(text, wide) { return sprintf("%-" wide "s", text) }

function block_of(c) {
	sub(/-.*/, "", c)
	return c
}

# A column for each cell, a blank between block sizes.  row 0: block sizes; 1 and 2: letters
# of the cell; else what became of bug b there.
function columns(row, b,   i, block, last, rest, at, text) {
	for (i = 1; i <= cells; i++) {
		block = block_of(cell[i])
		rest = substr(cell[i], length(block) + 2)
		if (block != last) {
			at += i > 1
			text = pad(text, at) (row == 0 ? block : "")
		}
		if (row == 1 || row == 2)
			text = text (rest in short ? substr(short[rest], row, 1) : "?")
		else if (row == 3)
			text = text letter(b, cell[i])
		at++
		last = block
	}
	return text
}

function grid(   b, wide, cols, i) {
	for (b = 1; b <= bugs; b++)
		if (length(name[b]) > wide)
			wide = length(name[b])
	cols = length(columns(1))
	for (i = 0; i <= 2; i++)
		print pad("", wide) "  " pad(columns(i), cols) (i < 2 ? "" : "           boot to    until  runs  first")
	for (b = 1; b <= bugs; b++)
		print pad(name[b], wide) "  " pad(columns(3, b), cols) "  " pad(outcome[b], 7) \
		      sprintf("  %7s  %7s  %4s  ", first_by[b] == "" ? "-" : seconds(first_s[b]),
			      seconds(kind[b] == "race" ? slowest(b, spent) : all_spent[b]),
			      kind[b] == "race" ? slowest(b, tries) : rounds[b] + 0) catch_words(b)
	print ""
	print "R red as it must be, X green that must be red, m red that may be, - green that may be red,"
	print ". green as it must be, ! red that must be green, r a race not seen here, ? could not be told,"
	print "blank: not run.  o ordered, w writeback, j journal, d dioread, n nojournal, e ext3, b bigalloc,"
	print "i inline; below it d delalloc, n nodelalloc; dn dioread_nolock, dl dioread_lock, eo ext3,"
	print "ej ext3 with data=journal.  boot to: from the guest's boot to the end of the first sequence that"
	print "shows it; until: of the whole run, to its verdicts, for a race the slowest time it was caught;"
	print "*: another scenario than the header's was first.  Races run only where they must show."
}

function lists(   b, i, s, text, alone) {
	for (b = 1; b <= bugs; b++)
		if (remarks(b) != "")
			print name[b] ": " remarks(b)
	print ""
	print "Bugs that one scenario alone catches (races are not asked twice):"
	for (b = 1; b <= bugs; b++)
		if (kind[b] == "deterministic" && nr_catches[b] == 1) {
			print "  " catcher[b, 1] ": " name[b]
			alone++
		}
	if (!alone)
		print "  none: any scenario can be left out without losing a bug"
	print ""
	print "Scenarios that catch no seeded bug:"
	for (i = 1; i <= scenarios; i++)
		if (caught_by[scenario[i]] == "")
			text = text " " scenario[i]
	wrap(text == "" ? " none" : text)
}

# Every scenario that the kernels without a bug ran: how many bugs it catches, and those
# that would be missed without it.  Of races nobody knows: once one scenario caught a race,
# no other was asked.
function removals(   i, b, s, wide, catches_nr, lost) {
	for (i = 1; i <= scenarios; i++)
		if (length(scenario[i]) > wide)
			wide = length(scenario[i])
	print pad("scenario", wide) "  bugs  lost without it"
	for (i = 1; i <= scenarios; i++) {
		s = scenario[i]
		catches_nr = 0
		lost = ""
		for (b = 1; b <= bugs; b++) {
			if (kind[b] == "base" || !((b, s) in catches))
				continue
			catches_nr++
			if (kind[b] == "deterministic" && nr_catches[b] == 1)
				lost = lost " " name[b]
		}
		print pad(s, wide) sprintf("  %4d ", catches_nr) lost
	}
}

function wrap(text,   n, w, i, line) {
	n = split(substr(text, 2), w, " ")
	for (i = 1; i <= n; i++) {
		if (length(line) + length(w[i]) > 96) {
			print " " line
			line = ""
		}
		line = line " " w[i]
	}
	print " " line
}

# Of the deterministic ones that were caught.
function median(   b, n, i, v, sorted) {
	for (b = 1; b <= bugs; b++) {
		if (kind[b] != "deterministic" || first_by[b] == "")
			continue
		v = first_s[b]
		for (i = n++; i > 0 && sorted[i] > v; i--)
			sorted[i + 1] = sorted[i]
		sorted[i + 1] = v
	}
	return n ? seconds(sorted[int((n + 1) / 2)]) " after boot (median), " \
		   seconds(sorted[n]) " at the latest" : "-"
}

function totals() {
	return caught + 0 " of " all + 0 " bugs caught as foretold, " wrong + 0 " wrong, " untold + 0 \
	       " could not be told; deterministic ones " median()
}

function page(   i, b) {
	print "# Which bugs tailpage catches"
	print ""
	print "Made by `scripts/check-bugs --table` on " date "; do not edit.  Each line is a kernel with one"
	print "mistake brought back by a patch below `tests/bugs`; `base` is the kernel as it is."
	wrap(" " how)
	print ""
	for (i = 1; i <= versions; i++)
		print "- " version[i]
	print ""
	print "```"
	grid()
	print "```"
	print ""
	print totals() "."
	print ""
	print "```"
	lists()
	print "```"
	print ""
	print "## What removing a scenario loses"
	print ""
	print "```"
	removals()
	print "```"
	print ""
	print "## The bugs"
	print ""
	for (b = 1; b <= bugs; b++)
		if (kind[b] != "base")
			print "- `" name[b] "` (" kind[b] ", " needs[b] "): " subject[b] ". Mirrors " mirrors[b]
	print ""
}

END {
	for (b = 1; b <= bugs; b++)
		judge(b)
	if (form == "line")
		for (b = 1; b <= bugs; b++)
			print one_line(b)
	else if (form == "page")
		page()
	else {
		grid()
		print ""
		lists()
		print ""
		print totals()
	}
	exit wrong ? 1 : untold || !bugs ? 3 : 0
}
