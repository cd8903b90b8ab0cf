/* SPDX-License-Identifier: MIT */
/* test_line.c - how keys become a line, and what the terminal shows. */
#include "tests/host/unit/unit.h"
#include "kernel/monitor/line.h"

#define UP	"\x1b[A"
#define DOWN	"\x1b[B"
#define RIGHT	"\x1b[C"
#define LEFT	"\x1b[D"
#define HOME	"\x1b[H"
#define END	"\x1bOF"
#define DELETE	"\x1b[3~"

/* A terminal of one row, as far as line.c needs one. */
static char shown[1024], above[1024];	/* the row, and the one before it */
static size_t column;
static unsigned bells, lines;

static void play(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		unsigned n = 0;

		if (text[i] == '\r') {
			column = 0;
		} else if (text[i] == '\n') {
			lines++;
			column = 0;
			memcpy(above, shown, sizeof(shown));
			memset(shown, 0, sizeof(shown));
		} else if (text[i] == '\a') {
			bells++;
		} else if (text[i] == '\x1b') {
			assert_int_equal(text[++i], '[');
			while (text[++i] >= '0' && text[i] <= '9')
				n = n * 10 + (unsigned)(text[i] - '0');
			if (text[i] == 'K') {
				memset(shown + column, 0, sizeof(shown) - column);
			} else if (text[i] == 'D') {
				assert_true(n && n <= column);
				column -= n;
			} else {
				assert_true(text[i] == 'J' || text[i] == 'H');
			}
		} else {
			assert_true(column < sizeof(shown) - 1);
			shown[column++] = text[i];
		}
	}
}

static const char *complete(const char *start, size_t size, bool first, uint32_t n)
{
	static const char *const words[] = { "peek", "poke", "poweroff", "find", "walk",
					     "wall" };

	for (uint32_t i = 0; first && i < ARRAY_SIZE(words); i++)
		if (!strncmp(words[i], start, size) && !n--)
			return words[i];
	return NULL;
}

static struct line line;

/* Type keys, of which only the last may end the line; the line and the screen must agree. */
static enum line_event type(const char *keys)
{
	enum line_event event = LINE_MORE;

	for (; *keys; keys++) {
		assert_int_equal(event, LINE_MORE);
		event = line_key(&line, (uint8_t)*keys);
		assert_true(line.size < LINE_MAX && line.at <= line.size);
		assert_int_equal(strlen(line.text), line.size);
		if (event == LINE_MORE && !line.escape) {
			assert_memory_equal(shown, "> ", 2);
			assert_string_equal(shown + 2, line.text);
			assert_int_equal(column, 2 + line.at);
		}
	}
	return event;
}

static void begin(void)
{
	column = bells = 0;
	memset(shown, 0, sizeof(shown));
	line.prompt = "> ";
	line.write = play;
	line.complete = complete;
	line_start(&line);
}

static void expect(const char *keys, const char *text)
{
	begin();
	assert_int_equal(type(keys), LINE_MORE);
	assert_string_equal(line.text, text);
	assert_int_equal(type("\r"), LINE_READY);
	assert_string_equal(line.text, text);
}

static void test_editing(void **state)
{
	(void)state;
	expect("abc", "abc");
	expect("ac" LEFT "b", "abc");
	expect("bc" HOME "a" END "d", "abcd");
	expect("abc\x01\x04", "bc");
	expect("abc" LEFT LEFT DELETE, "ac");
	expect("abc\x7f\b", "a");
	expect("\x7f" LEFT DELETE RIGHT "a", "a");
	expect("one two\x17" "three", "one three");
	expect("one two  \x17", "one ");
	expect("one two" LEFT LEFT LEFT "\x0b", "one ");
	expect("one two" LEFT LEFT LEFT "\x15", "two");
	expect("abc\x02\x02\x06X\x05Y", "abXcY");
	expect("a\x1b[1;5Cb", "ab");			/* Ctrl-Right is not ours */
	expect("a\x1b[99999999999~b\x1b[1~c\x1b[4~d", "cabd");
	expect("a\x1b[1001~b\x1b[107~c\x1b[4294967297~d", "abcd");
	expect("a\x0c" "b", "ab");
	expect("a\xc3\xa4\x80" "b", "ab");		/* ASCII only */
	expect("a\x1b\x1b[Db", "ba");
	expect("a\x1b b", "ab");
	expect("ab\x1b[7~c\x1b[8~d", "cabd");
	expect("a\x1b[@b", "ab");
	expect("abc" HOME "\x1b[30~\x1b[39~", "abc");	/* other keys */
}

static void test_ends(void **state)
{
	(void)state;
	begin();
	assert_int_equal(type("a\x1b\r"), LINE_READY);	/* ESC swallows no Enter */
	assert_string_equal(line.text, "a");
	begin();
	assert_int_equal(type("\n"), LINE_MORE);	/* the LF of that CR */
	assert_int_equal(type("b\n"), LINE_READY);
	begin();
	assert_int_equal(type("c\n"), LINE_READY);
	begin();
	assert_int_equal(type("d\x03"), LINE_CANCELLED);
	begin();
	assert_int_equal(type("\n"), LINE_READY);
	assert_string_equal(line.text, "");
}

static void test_full(void **state)
{
	(void)state;
	begin();
	for (uint32_t i = 0; i < LINE_MAX - 1; i++)
		type("x");
	assert_int_equal(bells, 0);
	assert_int_equal(line.size, LINE_MAX - 1);
	type("y" LEFT "y");
	assert_int_equal(bells, 2);
	assert_null(strchr(line.text, 'y'));
	type(END "\x7f" HOME DELETE "\x17" RIGHT "\x7f");
	assert_int_equal(line.size, LINE_MAX - 4);
	assert_string_equal(line.prompt, "> ");
	assert_int_equal(type("\r"), LINE_READY);
}

static void test_history(void **state)
{
	char text[8];

	(void)state;
	memset(&line, 0, sizeof(line));
	expect(UP "a", "a");
	assert_int_equal(bells, 1);
	expect("a", "a");				/* the same again: kept once */
	expect("b", "b");
	expect(UP UP, "a");
	expect(UP UP UP UP DOWN, "b");			/* it had become the newest: a b a */
	expect(UP UP UP DOWN DOWN DOWN DOWN "c", "c");
	for (unsigned i = 0; i < 5 * LINE_HISTORY; i++) {
		snprintf(text, sizeof(text), "n%u", i);
		expect(text, text);
		expect("", "");				/* an empty line is not kept */
	}
	for (unsigned back = 1; back <= LINE_HISTORY; back++) {
		begin();
		for (unsigned i = 0; i < back; i++)
			type(UP);
		snprintf(text, sizeof(text), "n%u", 5 * LINE_HISTORY - back);
		assert_string_equal(line.text, text);
	}
	assert_int_equal(bells, 0);
	type(UP);
	assert_int_equal(bells, 1);
	type("\x03");
}

/* A line of the maximum length does not overwrite the one that is kept after it. */
static void test_history_full(void **state)
{
	(void)state;
	memset(&line, 0, sizeof(line));
	for (char c = 'a'; c < 'a' + LINE_HISTORY; c++)
		expect((char[]){ c, 0 }, (char[]){ c, 0 });
	begin();
	for (uint32_t i = 0; i < LINE_MAX - 1; i++)
		type("x");
	assert_int_equal(type("\r"), LINE_READY);
	begin();
	for (uint32_t i = 0; i < LINE_HISTORY; i++)
		type(UP);
	assert_string_equal(line.text, "b");
}

static void test_complete(void **state)
{
	(void)state;
	expect("f\t0", "find 0");
	expect("w\t", "wal");
	expect("pe\t1;po\tw\t", "peek 1;poweroff ");
	expect("a; f\t", "a; find ");
	expect("peek p\t", "peek p");
	assert_int_equal(bells, 1);
	begin();
	lines = 0;
	type("po\t");
	assert_int_equal(lines, 2);			/* a list, and the line again */
	assert_string_equal(line.text, "po");
	assert_string_equal(above, "poke  poweroff  ");
	expect("xi" LEFT LEFT "\x04" "f" RIGHT "\t", "find ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_editing), cmocka_unit_test(test_ends),
		cmocka_unit_test(test_full), cmocka_unit_test(test_history),
		cmocka_unit_test(test_history_full), cmocka_unit_test(test_complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
