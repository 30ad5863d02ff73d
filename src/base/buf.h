// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * buf.h - growing text and growing arrays
 */
#ifndef TP_BASE_BUF_H
#define TP_BASE_BUF_H

#include <stddef.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* A NUL-terminated text that grows; { 0 } is an empty one. */
struct tp_buf {
	char *text;
	size_t len;
	size_t room;
};

/* Memory, or an abort with a message: no caller can go on without it. */
void *tp_alloc(size_t bytes);   /* zeroed */
void *tp_realloc(void *p, size_t bytes);
char *tp_strdup(const char *s);
char *tp_strndup(const char *s, size_t n);
char *tp_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

void tp_buf_add(struct tp_buf *b, const char *s, size_t len);
void tp_buf_puts(struct tp_buf *b, const char *s);
void tp_buf_printf(struct tp_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void tp_buf_free(struct tp_buf *b);
/* The text (never NULL) is now the caller's to free; the buffer is empty. */
char *tp_buf_take(struct tp_buf *b);

/*
 * Make room for one more element behind the nr that array holds; returns the
 * array, perhaps moved.  Grows by doubling at powers of two, so it needs no
 * separate room counter.  Use: v = tp_grow(v, nr, sizeof(*v)); v[nr++] = x;
 */
void *tp_grow(void *array, size_t nr, size_t elem_bytes);

#endif
