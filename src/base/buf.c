// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * buf.c - growing text and growing arrays
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

static void *checked(void *p)
{
	if (!p) {
		fputs("tailpage: out of memory\n", stderr);
		abort();
	}
	return p;
}

void *tp_alloc(size_t bytes)
{
	return checked(calloc(1, bytes ? bytes : 1));
}

void *tp_realloc(void *p, size_t bytes)
{
	return checked(realloc(p, bytes ? bytes : 1));
}

char *tp_strdup(const char *s)
{
	return checked(strdup(s));
}

char *tp_strndup(const char *s, size_t n)
{
	return checked(strndup(s, n));
}

char *tp_printf(const char *fmt, ...)
{
	char *text;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	return checked(text);
}

static void reserve(struct tp_buf *b, size_t more)
{
	size_t room = b->room ? b->room : 64;

	while (room < b->len + more + 1)
		room *= 2;
	if (room == b->room)
		return;
	b->text = tp_realloc(b->text, room);
	b->room = room;
}

void tp_buf_add(struct tp_buf *b, const char *s, size_t len)
{
	reserve(b, len);
	if (len)
		memcpy(b->text + b->len, s, len);
	b->len += len;
	b->text[b->len] = '\0';
}

void tp_buf_puts(struct tp_buf *b, const char *s)
{
	tp_buf_add(b, s, strlen(s));
}

void tp_buf_printf(struct tp_buf *b, const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0)
		return;
	reserve(b, (size_t)len);
	va_start(ap, fmt);
	vsnprintf(b->text + b->len, (size_t)len + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)len;
}

void tp_buf_free(struct tp_buf *b)
{
	free(b->text);
	*b = (struct tp_buf){ 0 };
}

char *tp_buf_take(struct tp_buf *b)
{
	char *text = b->text ? b->text : tp_strdup("");

	*b = (struct tp_buf){ 0 };
	return text;
}

void *tp_grow(void *array, size_t nr, size_t elem_bytes)
{
	if (nr == 0)
		return tp_realloc(array, elem_bytes * 4);
	if (nr < 4 || (nr & (nr - 1)) != 0)
		return array;
	return tp_realloc(array, elem_bytes * nr * 2);
}
