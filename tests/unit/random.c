// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * random.c - random sequences: the same from the same seed, and all can be judged
 */
#include "base/buf.h"
#include "base/digest.h"
#include "plan/random.h"
#include "tap.h"

static struct tp_random_spec spec(const char *cell, unsigned actors)
{
	return (struct tp_random_spec){ .cell = tp_cell_find(cell), .page_bytes = 4096, .seed = 7,
					.least = 5, .most = 40, .mix = tp_mix_find("tail"),
					.actors = actors };
}

static char *text_of(const struct tp_random_spec *s, uint64_t number)
{
	struct tp_buf text = { 0 };
	struct tp_variant v;

	tp_random_sequence(s, number, &v);
	tp_seq_print(&v.seq, &text);
	free(v.params);
	tp_seq_free(&v.seq);
	return tp_buf_take(&text);
}

static uint64_t digest_of(const struct tp_random_spec *s, uint64_t nr)
{
	uint64_t digest = 0;

	for (uint64_t i = 0; i < nr; i++) {
		char *text = text_of(s, i);

		digest = digest * 31 + tp_digest_of(text, strlen(text));
		free(text);
	}
	return digest;
}

static void test_same(void)
{
	struct tp_random_spec a = spec("1k-ordered-delalloc", 3), b = a;
	char *x = text_of(&a, 5), *y = text_of(&b, 5), *z;

	is_str(x, y, "the same seed and number give the same sequence");
	z = text_of(&a, 6);
	ok(strcmp(x, z) != 0, "another number gives another");
	free(z);
	b.seed++;
	z = text_of(&b, 5);
	ok(strcmp(x, z) != 0, "another seed gives another");
	free(z);
	b = spec("1k-ordered-nodelalloc", 3);
	z = text_of(&b, 5);
	ok(strcmp(x, z) != 0, "another cell gives another");
	free(z);
	ok(digest_of(&a, 200) == digest_of(&a, 200), "again and again");
	free(x);
	free(y);
}

/* The file as an operation leaves it, by a model of its own. */
struct model {
	uint64_t size;
	struct {
		bool is, read_only;
		uint64_t off, len;
	} map[TP_MAX_SLOTS];
};

static uint64_t most(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Why main's operation could not be judged, or NULL. */
static const char *fault(const struct model *m, const struct tp_op *op, uint32_t unit)
{
	const struct tp_op_info *info = &tp_ops[op->kind];
	const uint64_t *a = op->arg;
	uint64_t pages = (m->size + 4095) / 4096 * 4096, start, end;

	if (tp_op_range(op, &start, &end) && start == end)
		return "no bytes";
	if ((info->flags & TP_OP_SLOT) && info->effect != TP_EFFECT_MAP && !m->map[op->slot].is)
		return "nothing is mapped";
	if (op->kind == TP_OP_KIND_STORE || op->kind == TP_OP_KIND_LOAD ||
	    op->kind == TP_OP_KIND_TOUCH) {
		if (start < m->map[op->slot].off ||
		    end > m->map[op->slot].off + m->map[op->slot].len)
			return "outside of the mapping";
		if (end > pages && op->expect != TP_EXPECT_EITHER)
			return "must fault, but may not";
		if (op->kind == TP_OP_KIND_STORE && m->map[op->slot].read_only)
			return "read-only";
	}
	if (op->kind == TP_OP_KIND_MADVISE_REMOVE &&
	    (start % 4096 || end % 4096 || start < m->map[op->slot].off ||
	     end > m->map[op->slot].off + m->map[op->slot].len || m->map[op->slot].read_only))
		return "must be refused";
	if (op->kind == TP_OP_KIND_COLLAPSE && (a[0] % unit || a[1] % unit || a[0] + a[1] >= m->size))
		return "must be refused";
	if (op->kind == TP_OP_KIND_INSERT && (a[0] % unit || a[1] % unit || a[0] >= m->size))
		return "must be refused";
	if (op->kind == TP_OP_KIND_COPY_RANGE && most(a[0], a[1]) - (a[0] ^ a[1] ^ most(a[0], a[1])) < a[2])
		return "copies onto itself";
	return NULL;
}

static void apply(struct model *m, const struct tp_op *op)
{
	const uint64_t *a = op->arg;

	switch (tp_ops[op->kind].effect) {
	case TP_EFFECT_WRITE:
	case TP_EFFECT_ALLOCATE:
	case TP_EFFECT_ZERO:
		if (op->kind != TP_OP_KIND_SHORT_WRITE)
			m->size = most(m->size, a[0] + a[1]);
		break;
	case TP_EFFECT_COPY:
		if (a[0] < m->size)
			m->size = most(m->size, a[1] + (a[2] < m->size - a[0] ? a[2] : m->size - a[0]));
		break;
	case TP_EFFECT_TRUNCATE:
		m->size = a[0];
		break;
	case TP_EFFECT_COLLAPSE:
		m->size -= a[1];
		break;
	case TP_EFFECT_INSERT:
		m->size += a[1];
		break;
	default:
		break;
	}
	if (tp_ops[op->kind].effect == TP_EFFECT_MAP) {
		m->map[op->slot].is = true;
		m->map[op->slot].read_only = op->kind == TP_OP_KIND_MAP_PRIVATE;
		m->map[op->slot].off = a[0];
		m->map[op->slot].len = a[1];
	}
	if (op->kind == TP_OP_KIND_REMAP)
		m->map[op->slot].len = a[0];
	if (op->kind == TP_OP_KIND_PROTECT_READ)
		m->map[op->slot].read_only = true;
	if (op->kind == TP_OP_KIND_PROTECT_WRITE || op->kind == TP_OP_KIND_PROTECT)
		m->map[op->slot].read_only = false;
	if (op->kind == TP_OP_KIND_UNMAP)
		m->map[op->slot].is = false;
	if (op->kind == TP_OP_KIND_REMOUNT)
		memset(m->map, 0, sizeof(m->map));
}

static unsigned illegal(const char *text, uint32_t unit, uint64_t *seen)
{
	struct tp_buf why = { 0 }, again = { 0 };
	struct model m = { 0 };
	struct tp_seq seq;
	unsigned wrong = 0;

	if (!tp_seq_parse(text, NULL, NULL, &seq, &why)) {
		diag("%s: %s", text, why.text);
		tp_buf_free(&why);
		return 1;
	}
	tp_seq_print(&seq, &again);
	wrong += strcmp(again.text, text) != 0;
	for (size_t i = 0; i < seq.nr; i++) {
		const char *f = seq.ops[i].actor ? NULL : fault(&m, &seq.ops[i], unit);

		if (f && wrong++ < 3)
			diag("op %zu of %s: %s", i + 1, text, f);
		apply(&m, &seq.ops[i]);
		seen[seq.ops[i].kind]++;
	}
	tp_buf_free(&again);
	tp_seq_free(&seq);
	return wrong;
}

static void test_legal(const char *cell, uint32_t unit, const char *mix)
{
	struct tp_random_spec s = spec(cell, 1);
	uint64_t seen[TP_NR_OP_KINDS] = { 0 };
	unsigned wrong = 0;
	bool all = true;

	s.mix = tp_mix_find(mix);
	for (uint64_t i = 0; i < 2000; i++) {
		char *text = text_of(&s, i);

		wrong += illegal(text, unit, seen);
		free(text);
	}
	ok(wrong == 0, "%s, %s: every operation of 2000 sequences can be judged", cell, mix);
	for (int k = 0; k < TP_NR_OP_KINDS; k++)
		if ((seen[k] > 0) != (s.mix->weight[k] > 0) && strcmp(cell, "1k-ext3") != 0) {
			diag("%s: %d times", tp_ops[k].name, (int)seen[k]);
			all = false;
		}
	ok(all, "%s, %s: those with a weight occur, others do not", cell, mix);
}

/* What the mix of fsx promises: its file, its lengths, its places. */
static void test_fsx(void)
{
	struct tp_random_spec s = spec("1k-ordered-delalloc", 1);
	uint64_t ops = 0, behind = 0, high = 0, wrong = 0;

	s.least = s.most = 100;
	s.mix = tp_mix_find("fsx");
	for (uint64_t i = 0; i < 100; i++) {
		struct model m = { 0 };
		struct tp_variant v;

		tp_random_sequence(&s, i, &v);
		for (size_t k = 0; k < v.seq.nr; k++) {
			const struct tp_op *op = &v.seq.ops[k];
			uint64_t start, end;

			if (op->kind != TP_OP_KIND_TRUNCATE &&
			    tp_ops[op->kind].effect != TP_EFFECT_MAP && tp_op_range(op, &start, &end)) {
				ops++;
				/* collapse and insert are rounded to blocks, outwards */
				wrong += end > 256 << 10 || end - start >= (64 << 10) + 2 * 1024;
				high += start >= 128 << 10;
				behind += op->kind == TP_OP_KIND_READ && m.size && end > m.size;
			}
			apply(&m, op);
			wrong += m.size > 256 << 10;
		}
		free(v.params);
		tp_seq_free(&v.seq);
	}
	is_int(wrong, 0, "fsx: no file of more than 256 KiB, no operation of more than 64");
	is_int(behind, 0, "fsx: no read reaches behind the end");
	ok(high * 4 > ops, "fsx: places are anywhere (%u of %u in the second half)", (unsigned)high,
	   (unsigned)ops);
	ok(!tp_mix_find("no-such"), "there is no other mix");
}

/* With actors the text form itself refuses illegal blocks. */
static void test_actors(void)
{
	struct tp_random_spec s = spec("1k-ordered-delalloc", 4);
	unsigned wrong = 0, blocks = 0, offsets = 0, meets = 0, processes = 0, unfit = 0;

	for (uint64_t i = 0; i < 2000; i++) {
		char *text = text_of(&s, i);
		struct tp_buf why = { 0 };
		struct tp_seq seq;

		if (!tp_seq_parse(text, NULL, NULL, &seq, &why) && wrong++ < 3)
			diag("%s: %s", text, why.text);
		tp_buf_free(&why);
		for (size_t k = 0; k < seq.nr; k++)
			unfit += seq.ops[k].actor && (seq.ops[k].kind == TP_OP_KIND_PROTECT ||
						      strstr(tp_ops[seq.ops[k].kind].name, "dio-"));
		blocks += strchr(text, '|') != NULL;
		offsets += strstr(text, "offset ") != NULL;
		meets += strstr(text, "meet") != NULL;
		processes += strstr(text, "process") != NULL;
		tp_seq_free(&seq);
		free(text);
	}
	is_int(wrong, 0, "blocks of actors are legal");
	is_int(unfit, 0, "and have nothing that fails by design when others race");
	ok(blocks > 1000 && offsets > 200 && meets > 200 && processes > 200,
	   "and many: %u, %u offsets, %u meetings, %u processes", blocks, offsets, meets,
	   processes);
}

static void test_lengths(void)
{
	struct tp_random_spec s = spec("4k-journal-delalloc", 1);
	struct tp_variant v;
	unsigned wrong = 0, near = 0, stores = 0;

	for (uint64_t i = 0; i < 500; i++) {
		uint64_t size = 0;

		s.least = i % 2 ? 400 : 1;
		s.most = i % 2 ? 400 : 3;
		tp_random_sequence(&s, i, &v);
		wrong += v.seq.nr < s.least || v.seq.nr > s.most;
		for (size_t k = 0; k < v.seq.nr; k++) {
			struct model m = { .size = size };

			if (v.seq.ops[k].kind == TP_OP_KIND_STORE) {
				stores++;
				near += v.seq.ops[k].arg[0] + v.seq.ops[k].arg[1] + 4096 > size;
			}
			apply(&m, &v.seq.ops[k]);
			size = m.size;
		}
		free(v.params);
		tp_seq_free(&v.seq);
	}
	is_int(wrong, 0, "lengths from 1 to 400 as asked");
	ok(near * 10 > stores * 6, "most stores are in the last pages (%u of %u)", near, stores);
}

int main(void)
{
	test_same();
	test_legal("1k-ordered-delalloc", 1024, "tail");
	test_legal("4k-ordered-delalloc", 4096, "tail");
	test_legal("1k-bigalloc", 16384, "tail");
	test_legal("1k-ext3", 1024, "tail");
	test_legal("1k-ordered-delalloc", 1024, "fsx");
	test_fsx();
	test_actors();
	test_lengths();
	return done();
}
