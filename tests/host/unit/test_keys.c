/* SPDX-License-Identifier: MIT */
/* test_keys.c - every key of a US keyboard in both scan code sets, with every modifier. */
#include "tests/host/unit/unit.h"
#include "kernel/dev/keys.h"
#include "lib/base.h"

static const struct key {
	uint8_t set1, set2;
	bool extended;
	const char *plain, *shifted, *control;	/* control NULL: as plain */
} keys[] = {
	{ 0x01, 0x76, false, "\x1b", "\x1b", "\x1b" }, { 0x02, 0x16, false, "1", "!", NULL },
	{ 0x03, 0x1e, false, "2", "@", NULL }, { 0x04, 0x26, false, "3", "#", NULL },
	{ 0x05, 0x25, false, "4", "$", NULL }, { 0x06, 0x2e, false, "5", "%", NULL },
	{ 0x07, 0x36, false, "6", "^", NULL }, { 0x08, 0x3d, false, "7", "&", NULL },
	{ 0x09, 0x3e, false, "8", "*", NULL }, { 0x0a, 0x46, false, "9", "(", NULL },
	{ 0x0b, 0x45, false, "0", ")", NULL }, { 0x0c, 0x4e, false, "-", "_", NULL },
	{ 0x0d, 0x55, false, "=", "+", NULL }, { 0x0e, 0x66, false, "\x7f", "\x7f", "\b" },
	{ 0x0f, 0x0d, false, "\t", "\t", NULL }, { 0x10, 0x15, false, "q", "Q", "\x11" },
	{ 0x11, 0x1d, false, "w", "W", "\x17" }, { 0x12, 0x24, false, "e", "E", "\x05" },
	{ 0x13, 0x2d, false, "r", "R", "\x12" }, { 0x14, 0x2c, false, "t", "T", "\x14" },
	{ 0x15, 0x35, false, "y", "Y", "\x19" }, { 0x16, 0x3c, false, "u", "U", "\x15" },
	{ 0x17, 0x43, false, "i", "I", "\x09" }, { 0x18, 0x44, false, "o", "O", "\x0f" },
	{ 0x19, 0x4d, false, "p", "P", "\x10" }, { 0x1a, 0x54, false, "[", "{", "\x1b" },
	{ 0x1b, 0x5b, false, "]", "}", "\x1d" }, { 0x1c, 0x5a, false, "\r", "\r", NULL },
	{ 0x1e, 0x1c, false, "a", "A", "\x01" }, { 0x1f, 0x1b, false, "s", "S", "\x13" },
	{ 0x20, 0x23, false, "d", "D", "\x04" }, { 0x21, 0x2b, false, "f", "F", "\x06" },
	{ 0x22, 0x34, false, "g", "G", "\x07" }, { 0x23, 0x33, false, "h", "H", "\x08" },
	{ 0x24, 0x3b, false, "j", "J", "\x0a" }, { 0x25, 0x42, false, "k", "K", "\x0b" },
	{ 0x26, 0x4b, false, "l", "L", "\x0c" }, { 0x27, 0x4c, false, ";", ":", NULL },
	{ 0x28, 0x52, false, "'", "\"", NULL }, { 0x29, 0x0e, false, "`", "~", NULL },
	{ 0x2b, 0x5d, false, "\\", "|", "\x1c" }, { 0x2c, 0x1a, false, "z", "Z", "\x1a" },
	{ 0x2d, 0x22, false, "x", "X", "\x18" }, { 0x2e, 0x21, false, "c", "C", "\x03" },
	{ 0x2f, 0x2a, false, "v", "V", "\x16" }, { 0x30, 0x32, false, "b", "B", "\x02" },
	{ 0x31, 0x31, false, "n", "N", "\x0e" }, { 0x32, 0x3a, false, "m", "M", "\x0d" },
	{ 0x33, 0x41, false, ",", "<", NULL }, { 0x34, 0x49, false, ".", ">", NULL },
	{ 0x35, 0x4a, false, "/", "?", NULL }, { 0x37, 0x7c, false, "*", "*", NULL },
	{ 0x39, 0x29, false, " ", " ", NULL }, { 0x56, 0x61, false, "\\", "|", NULL },
	{ 0x35, 0x4a, true, "/", "/", NULL }, { 0x1c, 0x5a, true, "\r", "\r", NULL },
	{ 0x47, 0x6c, true, "\x1b[H", "\x1b[H", NULL },
	{ 0x48, 0x75, true, "\x1b[A", "\x1b[A", NULL },
	{ 0x4b, 0x6b, true, "\x1b[D", "\x1b[D", NULL },
	{ 0x4d, 0x74, true, "\x1b[C", "\x1b[C", NULL },
	{ 0x4f, 0x69, true, "\x1b[F", "\x1b[F", NULL },
	{ 0x50, 0x72, true, "\x1b[B", "\x1b[B", NULL },
	{ 0x49, 0x7d, true, "\x1b[5~", "\x1b[5~", NULL },
	{ 0x51, 0x7a, true, "\x1b[6~", "\x1b[6~", NULL },
	{ 0x52, 0x70, true, "\x1b[2~", "\x1b[2~", NULL },
	{ 0x53, 0x71, true, "\x1b[3~", "\x1b[3~", NULL },
	{ 0x48, 0x75, false, "\x1b[A", "\x1b[A", NULL }, { 0x4a, 0x7b, false, "-", "-", NULL },
	{ 0x4e, 0x79, false, "+", "+", NULL }, { 0x53, 0x71, false, "\x1b[3~", "\x1b[3~", NULL },
	/* keys that send nothing: F1, Alt, the Windows key, num lock */
	{ 0x3b, 0x05, false, "", "", NULL }, { 0x38, 0x11, false, "", "", NULL },
	{ 0x5b, 0x1f, true, "", "", NULL }, { 0x45, 0x77, false, "", "", NULL },
};

static struct keys now;

/* Press or release a key; returns the text that it sends. */
static const char *stroke(uint8_t set1, uint8_t set2, bool extended, bool down)
{
	static char text[KEYS_TEXT];

	if (extended) {
		keys_take(&now, 0xe0, text);
		assert_string_equal(text, "");
	}
	if (now.set2 && !down) {
		keys_take(&now, 0xf0, text);
		assert_string_equal(text, "");
	}
	keys_take(&now, now.set2 ? set2 : set1 | (down ? 0 : 0x80), text);
	return text;
}

static void expect(const struct key *k, const char *want)
{
	for (int repeat = 0; repeat < 2; repeat++)
		assert_string_equal(stroke(k->set1, k->set2, k->extended, true), want);
	assert_string_equal(stroke(k->set1, k->set2, k->extended, false), "");
}

static bool letter(const struct key *k)
{
	return *k->plain >= 'a' && *k->plain <= 'z' && !k->plain[1];
}

static void shift(bool left, bool down)
{
	assert_string_equal(stroke(left ? 0x2a : 0x36, left ? 0x12 : 0x59, false, down), "");
}

static void caps(void)
{
	stroke(0x3a, 0x58, false, true);
	stroke(0x3a, 0x58, false, true);		/* repeats while it is held */
	stroke(0x3a, 0x58, false, false);
}

static void each(bool set2)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const struct key *k = &keys[i];

		now = (struct keys){ .set2 = set2 };
		expect(k, k->plain);
		shift(false, true);
		shift(true, true);
		expect(k, k->shifted);
		shift(true, false);
		expect(k, k->shifted);
		shift(false, false);
		expect(k, k->plain);
		caps();
		expect(k, letter(k) ? k->shifted : k->plain);
		shift(true, true);
		expect(k, letter(k) ? k->plain : k->shifted);
		shift(true, false);
		caps();
		shift(true, true);
		shift(false, true);
		shift(false, false);
		expect(k, k->shifted);
		shift(true, false);
		for (int right = 0; right < 2; right++) {
			stroke(0x1d, 0x14, right, true);
			expect(k, k->control ? k->control : k->plain);
			stroke(0x1d, 0x14, right, false);
		}
		expect(k, k->plain);
		for (int up = 0; up < 2; up++) {	/* both are held, then one of them */
			stroke(0x1d, 0x14, 0, true);
			stroke(0x1d, 0x14, 1, true);
			stroke(0x1d, 0x14, up, false);
			expect(k, k->control ? k->control : k->plain);
			stroke(0x1d, 0x14, !up, false);
			expect(k, k->plain);
		}
	}
}

static void test_set1(void **state)
{
	(void)state;
	each(false);
}

static void test_set2(void **state)
{
	(void)state;
	each(true);
}

static void codes(const uint8_t *code, uint32_t n)
{
	char text[KEYS_TEXT];

	while (n--) {
		keys_take(&now, *code++, text);
		assert_string_equal(text, "");
	}
}

/* Pause, the shifts that old keyboards send around arrow keys, and replies type nothing. */
static void test_nothing(void **state)
{
	static const uint8_t set1[] = { 0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5, 0xe0, 0x2a, 0xe0, 0xb6,
					0xfa, 0xfe, 0xee, 0xaa, 0xff, 0x00 };
	static const uint8_t set2[] = { 0xe1, 0x14, 0x77, 0xe1, 0xf0, 0x14, 0xf0, 0x77, 0xe0, 0x12,
					0xe0, 0xf0, 0x59, 0xfa, 0xfe, 0xee, 0xaa, 0xff, 0x00 };

	(void)state;
	for (int two = 0; two < 2; two++) {		/* Pause goes down; it may be held */
		now = (struct keys){ .set2 = two };
		codes(two ? set2 : set1, 3);
		expect(&keys[15], "q");
	}
	now = (struct keys){ 0 };
	codes(set1, sizeof(set1));
	expect(&keys[15], "q");
	now = (struct keys){ .set2 = true };
	codes(set2, sizeof(set2));
	expect(&keys[15], "q");
}

/* Whatever bytes arrive, the text is terminated within its room. */
static void test_noise(void **state)
{
	char *text = exact(KEYS_TEXT);
	uint64_t seed = 1;

	(void)state;
	for (uint32_t i = 0; i < 1000000; i++) {
		now.set2 = i & 0x8000;
		keys_take(&now, (uint8_t)rnd(&seed), text);
		assert_true(memchr(text, 0, KEYS_TEXT) != NULL);
	}
	free(text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set1),
		cmocka_unit_test(test_set2),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
