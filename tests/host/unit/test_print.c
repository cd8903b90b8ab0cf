/* SPDX-License-Identifier: MIT */
/* test_print.c - text_format against the C library's snprintf; text_number by a table. */
#include "tests/host/unit/unit.h"
#include "lib/print.h"
#include "lib/string.h"
#include <limits.h>

#define ROOM	200

/* The same call to both, for every size of buffer that could matter. */
#define SAME(...) same(__LINE__, __VA_ARGS__)

static void same(int line, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void same(int line, const char *fmt, ...)
{
	static const size_t sizes[] = { ROOM, 0, 1, 2, 3, 5, 8, 13, 21, 34, 64 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		char *ours = exact(sizes[i]), theirs[ROOM];
		va_list ap, aq;
		int n, want;

		ours[0] = theirs[0] = 'x';
		va_start(ap, fmt);
		va_copy(aq, ap);
		want = vsnprintf(theirs, sizes[i], fmt, ap);
		n = text_vformat(ours, sizes[i], fmt, aq);
		va_end(ap);
		va_end(aq);
		if (n != want || (sizes[i] && strcmp(ours, theirs)))
			fail_msg("line %d, size %zu: \"%s\": \"%s\" %d, not \"%s\" %d", line,
				sizes[i],
				 fmt, sizes[i] ? ours : "", n, sizes[i] ? theirs : "", want);
		assert_true(ours[0] == theirs[0]);
		free(ours);
	}
}

static void test_plain(void **state)
{
	(void)state;
	SAME("plain");
	SAME("%s", "");
	SAME("100%%");
	SAME("[%c%c]", 'a', '%');
	SAME("[%5c|%-5c]", 'a', 'b');
	SAME("[%s|%10s|%-10s|%.2s|%10.2s|%.0s|%.9s]", "abc", "abc", "abc", "abc", "abc", "abc",
		"abc");
	SAME("[%*s|%-*s|%.*s|%*.*s]", 6, "abc", 6, "abc", 2, "abc", 6, 1, "abc");
	SAME("[%*s|%.*s]", -6, "abc", -1, "abc");
	SAME("%s and %s and a long text that passes many of the sizes", "this", "that");
}

/* A string with a precision need not be terminated (C99 7.19.6.1). */
static void test_unterminated(void **state)
{
	char *s = exact(3), out[8];

	(void)state;
	memcpy(s, "abc", 3);
	assert_int_equal(text_format(out, sizeof(out), "%.3s", s), 3);
	assert_string_equal(out, "abc");
	free(s);
}

static void test_integers(void **state)
{
	static const long long values[] = {
		0, 1, -1, 7, 9, 10, 99, 100, 255, 256, 65535, 65536, -128, 127, 32768, 0x7fffffff,
		-0x7fffffffll - 1, 0xffffffffll, 0x100000000ll, LLONG_MAX, LLONG_MIN,
		(long long)0xdeadbeefcafef00d,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		long long v = values[i];

		SAME("%d|%i|%u|%x|%X", (int)v, (int)v, (unsigned)v, (unsigned)v, (unsigned)v);
		SAME("%ld|%lu|%lx|%lX", (long)v, (long)v, (long)v, (long)v);
		SAME("%lld|%llu|%llx|%llX", v, v, v, v);
		SAME("%zu|%zx|%zd", (size_t)v, (size_t)v, (ssize_t)v);
		SAME("%hhd|%hhu|%hhx|%hd|%hu|%hx", (signed char)v, (unsigned char)v,
		     (unsigned char)v, (short)v, (unsigned short)v, (unsigned short)v);
		SAME("%#x|%#X|%#lx|%#018lx", (unsigned)v, (unsigned)v, (long)v, (long)v);
		SAME("%08.0d|%08.3d|%08.0x", (int)v, (int)v, (unsigned)v);
		SAME("%5d|%-5d|%05d|%1d", (int)v, (int)v, (int)v, (int)v);
		SAME("%30lld|%-30lld|%030lld", v, v, v);
		SAME("%.0d|%.1d|%.5d|%.25lld", (int)v, (int)v, (int)v, v);
		SAME("%10.5d|%-10.5d|%.0x|%#.0x|%8.3x", (int)v, (int)v, (unsigned)v, (unsigned)v,
		     (unsigned)v);
		SAME("%*d|%-*d|%.*d|%*.*x", 7, (int)v, 7, (int)v, 7, (int)v, 12, 9, (unsigned)v);
		SAME("%*d|%.*d", -9, (int)v, -3, (int)v);
		SAME("%016llx|%#20llx|%-#20llx|%#020llx", v, v, v, v);
	}
}

/* An int that is no char or short is cut to one (C99 7.19.6.1, length modifiers). */
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wformat"
static void test_too_long(void **state)
{
	(void)state;
	SAME("%hhd|%hhu|%hhx", 0x1ff, 0x1ff, 0x1ff);
	SAME("%hhd|%hd|%hu|%hx", 0x180, 0x18000, 0x18000, -1);
}
#pragma clang diagnostic pop

static void test_pointers(void **state)
{
	(void)state;
	SAME("%p", (void *)0x1234);
	SAME("%20p|%-20p|", (void *)0xffff800000000000, (void *)1);
}

/* Random widths and precisions; flags are those of lib/print.h, `0` not beside `-` or `.`. */
static void test_random(void **state)
{
	static const char *const forms[] = {
		"%*d", "%-*d", "%0*d", "%*u", "%-*u", "%0*u", "%*x", "%-*x", "%0*x", "%#*x",
		"%-#*x",
		"%#0*x", "%*X", "%0*X",
	};
	uint64_t seed = 8;

	(void)state;
	for (uint32_t i = 0; i < 4000; i++) {
		int v = (int)(rnd(&seed) >> rnd_below(&seed, 64)), w = (int)rnd_below(&seed, 40);
		const char *form = forms[rnd_below(&seed, ARRAY_SIZE(forms))];
		char ours[ROOM], theirs[ROOM];

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wformat-nonliteral"
#pragma clang diagnostic ignored "-Wformat-security"
		int n = text_format(ours, ROOM, form, w, v);
		int want = snprintf(theirs, ROOM, form, w, v);
#pragma clang diagnostic pop
		if (n != want || strcmp(ours, theirs))
			fail_msg("\"%s\" %d %d: \"%s\", not \"%s\"", form, w, v, ours, theirs);
	}
}

static void test_number(void **state)
{
	static const struct { const char *text; bool ok; uint64_t value; } t[] = {
		{ "0", true, 0 }, { "7", true, 7 }, { "0123", true, 123 }, { "0x0", true, 0 },
		{ "0xfF", true, 255 }, { "0X1a", true, 26 },
		{ "18446744073709551615", true, ~0ull },
		{ "0xffffffffffffffff", true, ~0ull }, { "0x00000000000000001", true, 1 },
		{ "", false, 0 }, { "0x", false, 0 }, { "x1", false, 0 }, { "12q", false, 0 },
		{ "1a", false, 0 }, { "0xg", false, 0 }, { "-1", false, 0 }, { "+1", false, 0 },
		{ " 1", false, 0 }, { "1 ", false, 0 }, { "18446744073709551616", false, 0 },
		{ "99999999999999999999", false, 0 }, { "0x10000000000000000", false, 0 },
		{ "0x0x1", false, 0 }, { "1/", false, 0 }, { "1:", false, 0 }, { "0x@", false, 0 },
		{ "0x`", false, 0 }, { "0x1G", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		size_t len = strlen(t[i].text);
		char *s = exact(len);
		uint64_t v = 42;

		memcpy(s, t[i].text, len);
		if (text_number(s, s + len, &v) != t[i].ok || v != (t[i].ok ? t[i].value : 42))
			fail_msg("\"%s\": %llu", t[i].text, (unsigned long long)v);
		free(s);
	}
}

static void test_items(void **state)
{
	static const char list[] = "one\0" "\0" "three";

	(void)state;
	assert_string_equal(text_item(list, 0), "one");
	assert_string_equal(text_item(list, 1), "");
	assert_string_equal(text_item(list, 2), "three");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain), cmocka_unit_test(test_unterminated),
		cmocka_unit_test(test_integers), cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_pointers),
		cmocka_unit_test(test_random), cmocka_unit_test(test_number),
		cmocka_unit_test(test_items),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
