/* SPDX-License-Identifier: MIT */
/* print.c - formats text and numbers; see print.h. Pure, no state, no relocations. */
#include "lib/print.h"
#include "lib/string.h"

struct out {
	char *buf;
	size_t size, len;	/* len may exceed size: it is the length of the whole text */
};

struct spec {			/* one conversion, parsed */
	bool left, zero, alternate;
	int width, precision;	/* -1: no precision */
	int longs;		/* -2 hh, -1 h, 0, 1 l, 2 ll or z */
	char conversion;
};

#define DIGITS_MAX	20	/* 2^64 - 1 in decimal, the longest number */

static void out_char(struct out *o, char c)
{
	if (o->len + 1 < o->size)
		o->buf[o->len] = c;
	o->len++;
}

static void out_fill(struct out *o, char c, int n)
{
	while (n-- > 0)
		out_char(o, c);
}

static void out_text(struct out *o, const char *s, int n)
{
	for (int i = 0; i < n; i++)
		out_char(o, s[i]);
}

/* Print prefix (sign or 0x), zeros, and digits or text, padded to the width. */
static void out_field(struct out *o, const struct spec *f, const char *prefix, const char *body,
		      int length, int zeros)
{
	int prefixed = (int)strlen(prefix);
	int pad = f->width - prefixed - zeros - length;

	if (!f->left)
		out_fill(o, ' ', pad);
	out_text(o, prefix, prefixed);
	out_fill(o, '0', zeros);
	out_text(o, body, length);
	if (f->left)
		out_fill(o, ' ', pad);
}

static void out_number(struct out *o, const struct spec *f, uint64_t v, const char *prefix)
{
	const char *alphabet = f->conversion == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
	bool decimal = f->conversion == 'd' || f->conversion == 'i' || f->conversion == 'u';
	uint32_t base = decimal ? 10 : 16;
	char digits[DIGITS_MAX];
	int at = DIGITS_MAX, length, zeros;

	for (; v; v /= base)
		digits[--at] = alphabet[v % base];
	length = DIGITS_MAX - at;
	zeros = (f->precision < 0 ? 1 : f->precision) - length;
	if (f->zero && !f->left && f->precision < 0)
		zeros = f->width - (int)strlen(prefix) - length;
	if (zeros < 1 && length == 0 && f->precision != 0)
		zeros = 1;		/* zero prints one digit, unless the precision is 0 */
	out_field(o, f, prefix, digits + at, length, MAX(zeros, 0));
}

static uint64_t arg_number(const struct spec *f, va_list *ap)
{
	bool is_signed = f->conversion == 'd' || f->conversion == 'i';
	uint64_t v;

	if (f->longs > 0)		/* l, ll and z are all 64 bits here */
		return va_arg(*ap, uint64_t);
	v = va_arg(*ap, uint32_t);
	if (f->longs == -1)
		return is_signed ? (uint64_t)(int16_t)v : (uint16_t)v;
	if (f->longs == -2)
		return is_signed ? (uint64_t)(int8_t)v : (uint8_t)v;
	return is_signed ? (uint64_t)(int32_t)v : v;
}

static void out_string(struct out *o, const struct spec *f, const char *s)
{
	int n = 0;

	if (!s)
		s = "(null)";
	while (n != f->precision && s[n])
		n++;
	out_field(o, f, "", s, n, 0);
}

static int number_or_star(const char **p, va_list *ap)
{
	int n = 0;

	if (**p == '*') {
		(*p)++;
		return va_arg(*ap, int);
	}
	for (; **p >= '0' && **p <= '9'; (*p)++)
		n = n * 10 + (**p - '0');
	return n;
}

/* Parse what follows a '%'; returns the end. C99 7.19.6.1. */
static const char *spec_parse(const char *p, struct spec *f, va_list *ap)
{
	*f = (struct spec){ .precision = -1 };
	for (;; p++) {
		if (*p == '-')
			f->left = true;
		else if (*p == '0')
			f->zero = true;
		else if (*p == '#')
			f->alternate = true;
		else
			break;
	}
	f->width = number_or_star(&p, ap);
	if (f->width < 0) {
		f->left = true;
		f->width = -f->width;
	}
	if (*p == '.') {
		p++;
		f->precision = number_or_star(&p, ap);
	}
	for (; *p == 'l' || *p == 'z'; p++)
		f->longs++;
	for (; *p == 'h'; p++)
		f->longs--;
	f->conversion = *p;
	return *p ? p + 1 : p;
}

/* False if the conversion is not supported. */
static bool out_spec(struct out *o, const struct spec *f, va_list *ap)
{
	uint64_t v;
	char c;

	switch (f->conversion) {
	case 'd': case 'i':
		v = arg_number(f, ap);
		if ((int64_t)v < 0)
			out_number(o, f, -v, "-");
		else
			out_number(o, f, v, "");
		return true;
	case 'u': case 'x': case 'X':
		v = arg_number(f, ap);
		if (f->alternate && v && f->conversion != 'u')
			out_number(o, f, v, f->conversion == 'x' ? "0x" : "0X");
		else
			out_number(o, f, v, "");
		return true;
	case 'p':
		out_number(o, f, (uint64_t)va_arg(*ap, void *), "0x");
		return true;
	case 'c':
		c = (char)va_arg(*ap, int);
		out_field(o, f, "", &c, 1, 0);
		return true;
	case 's':
		out_string(o, f, va_arg(*ap, const char *));
		return true;
	case '%':
		out_char(o, '%');
		return true;
	}
	return false;
}

int text_vformat(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct out o = { .buf = buf, .size = size };
	struct spec f;
	const char *next;
	va_list args;			/* the address of a parameter could not be passed on */

	va_copy(args, ap);
	for (; *fmt; fmt = next) {
		next = fmt + 1;
		if (*fmt == '%')
			next = spec_parse(next, &f, &args);
		if (*fmt != '%' || !out_spec(&o, &f, &args))
			out_text(&o, fmt, (int)(next - fmt));
	}
	va_end(args);
	if (size > 0)
		buf[MIN(o.len, size - 1)] = '\0';
	return (int)o.len;
}

int text_format(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = text_vformat(buf, size, fmt, ap);
	va_end(ap);
	return n;
}

const char *text_item(const char *list, uint32_t n)
{
	while (n--)
		list += strlen(list) + 1;
	return list;
}

uint32_t text_digit(char c)
{
	if (c >= '0' && c <= '9')
		return (uint32_t)(c - '0');
	c |= 'a' - 'A';
	return c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10) : UINT32_MAX;
}

bool text_number(const char *s, const char *end, uint64_t *out)
{
	uint64_t v = 0, base = 10;

	if (end - s > 2 && s[0] == '0' && (s[1] | 0x20) == 'x') {
		base = 16;
		s += 2;
	}
	if (s >= end)
		return false;
	for (; s < end; s++) {
		uint32_t digit = text_digit(*s);

		if (digit >= base || __builtin_mul_overflow(v, base, &v) ||
		    __builtin_add_overflow(v, digit, &v))
			return false;
	}
	*out = v;
	return true;
}
