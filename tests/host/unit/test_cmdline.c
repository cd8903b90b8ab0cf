/* SPDX-License-Identifier: MIT */
/* test_cmdline.c - every form in which firmware, boot managers and users pass text. */
#include "tests/host/unit/unit.h"
#include "lib/base.h"
#include "stub/cmdline.h"

#define SELF	"\\EFI\\BOOT\\BOOTX64.EFI"

/* A string literal's bytes without the terminator C adds. */
#define B(s)	s, sizeof(s) - 1
/* The same as UTF-16LE, as the compiler lays u"" out; _Z keeps one terminator. */
#define U(s)	u##s, sizeof(u##s) - 2
#define U_Z(s)	u##s, sizeof(u##s)

struct text_case {
	const char *what;
	const void *in;
	uint32_t size;
	const char *want;
};

/* Clean a copy of exactly the right size, at an even and at an odd address. */
static void check(const struct text_case *t, const char *self)
{
	for (uint32_t odd = 0; odd < 2; odd++) {
		char *blob = exact(t->size + odd), *out = exact(CMDLINE_MAX);
		bool cut = true;
		uint32_t len;

		memcpy(blob + odd, t->in, t->size);
		memset(out, 0x55, CMDLINE_MAX);
		len = cmdline_from_load_options(blob + odd, t->size, self, out, CMDLINE_MAX, &cut);
		if (strcmp(out, t->want) || len != strlen(t->want) || cut)
			fail_msg("%s: \"%s\" (%u, cut %d), not \"%s\"", t->what, out, len, cut,
				 t->want);
		free(blob);
		free(out);
	}
}

static const struct text_case encodings[] = {
	{ "UTF-16", U_Z("mmu=off debug"), "mmu=off debug" },
	{ "UTF-16, not terminated", U("mmu=off debug"), "mmu=off debug" },
	{ "UTF-16, one character", U("a"), "a" },
	{ "UTF-16, one character, terminated", U_Z("a"), "a" },
	{ "UTF-16 with BOM", U_Z("\ufeffmmu=off"), "mmu=off" },
	{ "UTF-16BE with BOM", B("\xfe\xff\0m\0m\0u"), "mmu" },
	{ "UTF-16, last odd byte", B("a\0b\0c\0d"), "abc" },
	{ "UTF-16, odd size and terminated", B("a\0b\0\0\0x"), "ab" },
	{ "UTF-16, terminator cut in half", B("a\0b\0\0"), "ab" },
	{ "UTF-16, garbage after the terminator", U("ab\0garbage"), "ab" },
	{ "UTF-16, umlauts", U_Z("größe=1"), "größe=1" },
	{ "UTF-16, Cyrillic first", U_Z("имя=1"), "имя=1" },
	{ "UTF-16, Cyrillic only", U("имя"), "имя" },
	{ "UTF-16, CJK only", U("中文字"), "中文字" },
	{ "UTF-16, CJK only, a blank in it", U("中文 字"), "中文 字" },
	{ "UTF-16, beyond the first plane", U("😀😁😂"), "😀😁😂" },
	{ "UTF-16, the first beyond it", U("\U00010000\U00010001\U00010000"),
	  "\U00010000\U00010001\U00010000" },
	{ "UTF-16, letters almost 8192 apart", U("\u5e01\u7e00\u7e00"), "\u5e01\u7e00\u7e00" },
	{ "UTF-16, letters 8192 apart", U("\u5e01\u7e01\u7e01"), "" },
	{ "UTF-16, and the other way", U("\u7e01\u7e01\u5e01"), "" },
	{ "UTF-16, private use", U("\ue000\ue001\ue002"), "" },
	{ "UTF-16, before it", U("\ud7a1\ud7a2\ud7a3"), "\ud7a1\ud7a2\ud7a3" },
	{ "UTF-16, CJK then ASCII", U_Z("中 debug"), "中 debug" },
	{ "UTF-16, kana then ASCII", U_Z("あい a"), "あい a" },
	{ "UTF-16, U+4E00 first", U_Z("一=1"), "一=1" },
	{ "UTF-16, surrogate pair", U_Z("x=😀"), "x=😀" },
	{ "UTF-16, lone high half", B("a\0\x3d\xd8""b\0"), "a\xef\xbf\xbd""b" },
	{ "UTF-16, lone low half", B("a\0\x00\xde""b\0"), "a\xef\xbf\xbd""b" },
	{ "UTF-16, high half at the end", B("a\0\x3d\xd8"), "a\xef\xbf\xbd" },
	{ "UTF-16, halves swapped", B("a\0\x00\xde\x3d\xd8"), "a\xef\xbf\xbd\xef\xbf\xbd" },
	{ "UTF-16, two high halves", B("a\0\x3d\xd8\x3d\xd8"), "a\xef\xbf\xbd\xef\xbf\xbd" },
	{ "UTF-16, two low halves", B("a\0\x00\xde\x00\xde"), "a\xef\xbf\xbd\xef\xbf\xbd" },
	{ "UTF-16, one that looks like two letters, then ASCII", U("\u6161ab"), "\u6161ab" },
	{ "8-bit, even, one letter after it", B("abcd\0x\0"), "abcd" },
	{ "8-bit, even", B("mmu=of"), "mmu=of" },
	{ "8-bit, odd", B("mmu=off"), "mmu=off" },
	{ "8-bit, even and terminated", B("mmu=of\0"), "mmu=of" },
	{ "8-bit, odd and terminated", B("mmu=off\0"), "mmu=off" },
	{ "8-bit, padded", B("ro\0\0\0\0\0\0"), "ro" },
	{ "8-bit, odd and padded", B("rox\0\0\0\0\0"), "rox" },
	{ "8-bit, rest of an older text after it", B("abc\0ef ghi\0"), "abc" },
	{ "8-bit, even, garbage after it", B("abcd\0\xffz\x01"), "abcd" },
	{ "8-bit, one byte", B("a"), "a" },
	{ "8-bit, UTF-8 inside", B("größe=1"), "größe=1" },
	{ "8-bit with BOM", B("\xef\xbb\xbfmmu=off"), "mmu=off" },
	{ "8-bit with BOM, bad bytes", B("\xef\xbb\xbf""a\xff\xc0\x80""b\xc3"),
	  "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd""b\xef\xbf\xbd" },
	{ "8-bit with a tab", B("a\tb=1"), "a b=1" },
	{ "no bytes", "", 0, "" },
	{ "BOM only", B("\xff\xfe"), "" },
	{ "UTF-8 BOM only", B("\xef\xbb\xbf"), "" },
	{ "one zero", B("\0"), "" },
	{ "two zeros", B("\0\0"), "" },
	{ "many zeros", B("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), "" },
};

static void test_encodings(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(encodings); i++)
		check(&encodings[i], SELF);
}

static const struct text_case cleanings[] = {
	{ "leading and trailing blanks", U_Z("  a  b \t "), "a  b" },
	{ "leading tab", U_Z("\ta"), "a" },
	{ "blank, as a loader appends to nothing", U_Z(" initrd=initrd"), "initrd=initrd" },
	{ "only blanks", U_Z("   "), "" },
	{ "newline at the end", U_Z("a b\n"), "a b" },
	{ "CR LF at the end", U_Z("a b\r\n"), "a b" },
	{ "ends at the first newline", U_Z("a\nb"), "a" },
	{ "8-bit newline", B("a=1\nb"), "a=1" },
	{ "newline first", U_Z("\na"), "" },
	{ "control character first", U_Z("\x01garbage"), "" },
	{ "control character first, DEL", U_Z("\x7fgarbage"), "" },
	{ "control character first, C1", U_Z("\x90garbage"), "" },
	{ "control character after a blank", U_Z(" \x02garbage"), "" },
	{ "a blank that is no control character, U+00A0", U_Z("a\u00a0"), "a\xc2\xa0" },
	{ "the last before DEL", U_Z("a~"), "a~" },
	{ "the last C1", U_Z("a\x9f""b"), "" },
	{ "control characters last", U_Z("a\x01\x02"), "" },
	{ "control characters after a newline", U_Z("a\n\x01"), "a" },
};

static void test_cleaning(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cleanings); i++)
		check(&cleanings[i], SELF);
}

/* Data that is not a command line: OptionalData may be any bytes. */
static const struct text_case opaque[] = {
	{ "AMI, an automatic entry", B("\0\0BO"), "" },
	{ "AMI, of two words", B("\0\0GO\0\0NO"), "" },
	{ "AMI, an automatic entry, all of it text", B("AMBO"), "" },
	{ "Insyde, an automatic entry", B("RC"), "" },
	{ "EDK II, an automatic entry",
	  B("\x4e\xac\x08\x81\x11\x9f\x59\x4d\x85\x0e\xe2\x1a\x52\x2c\x59\xb2"), "" },
	{ "Windows", B("WINDOWS\0\1\0\0\0\x88\0\0\0x\0\0\0B\0C\0D\0O\0B\0J\0"), "" },
	{ "Windows, another version", B("WINDOWS\0\0\1\0\0\x88\0\0\0x\0\0\0B\0C\0D\0"), "" },
	{ "in an EFI_LOAD_OPTION", B("\x01\0\0\0\4\0" "U\0\0\0" "\x7f\xff\4\0" "\0\0BO"), "" },
	{ "a one in 32 bits", B("\x01\0\0\0"), "" },
	{ "two numbers in 32 bits", B("(\0\0\0\x02\0\0\0"), "" },
	{ "two numbers, one of them zero", B("(\0\0\0\0\0\0\0\x02\0\0\0"), "" },
	{ "four bytes", B("\xd4\xc3\xa2\x81"), "" },
	{ "a GUID", B("\x91\x31\x1b\x5b\x62\x95\xd2\x31\x8e\x3f\x50\xa0\xc9\x69\x72\x3b"), "" },
	{ "all ones", B("\xff\xff\xff\xff\xff\xff\xff\xff"), "" },
	{ "a control character inside", U_Z("a\x1b""b"), "" },
	{ "DEL inside", U_Z("a\x7f""b"), "" },
	{ "C1 inside", U_Z("a\x85""b"), "" },
	{ "two scripts", U_Z("имя中文字"), "" },
	{ "two letters that are not ASCII", U("им"), "" },
	/* and what is one, however it looks */
	{ "Windows as a word", B("WINDOWS"), "WINDOWS" },
	{ "Windows as an 8-bit word", B("WINDOWS\0"), "WINDOWS" },
	{ "Windows as words", B("WINDOWS a"), "WINDOWS a" },
	{ "RC as a word", U_Z("RC"), "RC" },
	{ "RC and another", B("RC a"), "RC a" },
	{ "no letter at all", U_Z("--"), "--" },
	{ "one letter, padded", B("a\0\0\0\0\0\0\0"), "a" },
	{ "a blank and a letter, and more", B(" a\0\0x"), "a" },
	{ "a mark of bytes, then text", U_Z("\ufeff--"), "--" },
};

static void test_opaque(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(opaque); i++)
		check(&opaque[i], SELF);
}

static const struct text_case selves[] = {
	{ "the shell's path", U_Z("FS0:\\EFI\\BOOT\\BOOTX64.EFI mmu=off"), "mmu=off" },
	{ "our path", U_Z("\\EFI\\BOOT\\BOOTX64.EFI mmu=off"), "mmu=off" },
	{ "our path, slashes and case", U_Z("/efi/boot/bootx64.efi   mmu=off"), "mmu=off" },
	{ "our name", U_Z("bootx64.efi mmu=off"), "mmu=off" },
	{ "our name only", U_Z("BOOTX64.EFI"), "" },
	{ "blank after the name", U_Z("BOOTX64.EFI "), "" },
	{ "another name", U_Z("stubborn.Efi a b.efi"), "a b.efi" },
	{ "only the first", U_Z("a.efi b.efi"), "b.efi" },
	{ "quoted", U_Z("\"FS0:\\My Files\\x.efi\" a"), "a" },
	{ "quoted and an argument quoted", U_Z("\"x.efi\" \"a b\""), "\"a b\"" },
	{ "quoted, nothing after", U_Z("\"x.efi\""), "" },
	{ "quoted, not closed", U_Z("\"x.efi"), "" },
	{ "quoted, not us", U_Z("\"a b\" c.efi"), "\"a b\" c.efi" },
	{ "an option", U_Z("initrd=\\a.efi x"), "initrd=\\a.efi x" },
	{ "8-bit", B("BOOTX64.EFI mmu=off"), "mmu=off" },
	{ ".efi alone", U_Z(".efi a"), "a" },
	{ "efi", U_Z("efi a"), "efi a" },
	{ ".ef", U_Z(".ef"), ".ef" },
	{ "longer than the name", U_Z("BOOTX64.EFIX a"), "BOOTX64.EFIX a" },
};

static const struct text_case odd_selves[] = {
	{ "iPXE's name", U_Z("my stubborn mmu=off"), "mmu=off" },
	{ "path with blanks", U_Z("\\Boot Files\\my stubborn mmu=off"), "mmu=off" },
	{ "begins like it", U_Z("my stubborner"), "my stubborner" },
	{ "half of it", U_Z("my"), "my" },
	{ "nothing after it", U_Z("my stubborn"), "" },
	{ "another of that length", U_Z("my stubbers mmu=off"), "my stubbers mmu=off" },
	{ "another suffix", U_Z("x.txt mmu=off"), "x.txt mmu=off" },
};

/* The first word is the name (self is NULL). */
static const struct text_case typed[] = {
	{ "one of two words", U_Z("fs0:\\a  b"), "b" },
	{ "a word alone", U_Z(" a "), "" },
	{ "a quoted word", U_Z("\"my stubborn\" b"), "b" },
	{ "half of it quoted", U_Z("\"fs0:\\x y\\\"a b \"c d\""), "b \"c d\"" },
	{ "a word like an option", U_Z("mmu=off mmu=off"), "mmu=off" },
	{ "an open quote", U_Z("\"a b"), "" },
	{ "dashes", U_Z("-- --"), "--" },
};

static void test_self(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(selves); i++)
		check(&selves[i], SELF);
	for (size_t i = 0; i < ARRAY_SIZE(odd_selves); i++)
		check(&odd_selves[i], "\\Boot Files\\my stubborn");
	for (size_t i = 0; i < ARRAY_SIZE(typed); i++)
		check(&typed[i], NULL);
	check(&(struct text_case){ "self is empty, .efi", U_Z("a.efi b"), "b" }, "");
	check(&(struct text_case){ "self is empty", U_Z("a b"), "a b" }, "");
	check(&(struct text_case){ "the alphabet's ends", U_Z("az a"), "a" }, "\\AZ");
	check(&(struct text_case){ "no letters", U_Z("@[ a"), "@[ a" }, "\\`{");
	check(&(struct text_case){ "self is a folder", U_Z(" a"), "a" }, "\\x\\");
}

#define END	"\x7f\xff\x04\0"
#define FILE_NODE "\x04\x04\x08\0x\0\0\0"

static const struct text_case load_options[] = {
	{ "whole", B("\x01\0\0\0\x0c\0" "U\0b\0\0\0" FILE_NODE END "m\0m\0u\0"), "mmu" },
	{ "8-bit data", B("\x01\0\0\0\x0c\0" "U\0\0\0" FILE_NODE END "mmu=off"), "mmu=off" },
	{ "no description, hidden, category", B("\x09\x1f\0\0\x04\0" "\0\0" END "ab"), "ab" },
	{ "no data", B("\x01\0\0\0\x04\0" "U\0\0\0" END), "" },
	{ "name in the data", B("\x01\0\0\0\x04\0" "U\0\0\0" END "x.efi a"), "a" },
	{ "a description that is not ASCII", B("\x01\0\0\0\x04\0" "U\0\0\x4e\0\0" END "ab"),
	  "ab" },
	{ "two paths", B("\x01\0\0\0\x08\0" "U\0\0\0" END END "ab"), "ab" },
	{ "odd path length", B("\x01\0\0\0\x0b\0" "\0\0" "\x04\x03\x07\0abc" END "x y"), "x y" },
	{ "not deeper than one", B("\x01\0\0\0\x04\0" "U\0\0\0" END
				   "\x01\0\0\0\x04\0" "U\0\0\0" END "ab"), "" },
	/* Invalid: all fall through to the text rules, for which 01 00 is a control character. */
	{ "unknown attribute", B("\x04\0\0\0\x04\0" "U\0\0\0" END "ab"), "" },
	{ "unknown attribute, high", B("\x01\0\0\x80\x04\0" "U\0\0\0" END "ab"), "" },
	{ "path list too long", B("\x01\0\0\0\x05\0" "U\0\0\0" END), "" },
	{ "path list past the end", B("\x01\0\0\0\x0c\0" "U\0\0\0" FILE_NODE), "" },
	{ "path list too short", B("\x01\0\0\0\x03\0" "U\0\0\0" END "ab"), "" },
	{ "path list empty", B("\x01\0\0\0\0\0" "U\0\0\0" "ab"), "" },
	{ "bytes after the end node", B("\x01\0\0\0\x06\0" "U\0\0\0" END "ab" "cd"), "" },
	{ "three after it", B("\x01\0\0\0\x07\0" "U\0\0\0" END "\x7f\xff\x03" "cd"), "" },
	{ "no end node", B("\x01\0\0\0\x08\0" "U\0\0\0" FILE_NODE END "ab"), "" },
	{ "end of instance only", B("\x01\0\0\0\x04\0" "U\0\0\0" "\x7f\x01\x04\0" "ab"), "" },
	{ "node too small", B("\x01\0\0\0\x08\0" "U\0\0\0" "\x04\x04\x03\0" END "ab"), "" },
	{ "node of size 0", B("\x01\0\0\0\x08\0" "U\0\0\0" "\x04\x04\0\0" END "ab"), "" },
	{ "node past the list", B("\x01\0\0\0\x08\0" "U\0\0\0" "\x04\x04\x09\0" END "ab"), "" },
	{ "description not ended", B("\x01\0\0\0\x04\0U\0U\0"), "" },
	{ "description not ended, odd", B("\x01\0\0\0\x04\0U\0U\0\0"), "" },
	{ "head only", B("\x01\0\0\0\x04\0"), "" },
	{ "head cut", B("\x01\0\0\0\x04"), "" },
};

static void test_load_option(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(load_options); i++)
		check(&load_options[i], SELF);
}

static void test_null(void **state)
{
	char out[4] = "xxx";
	bool cut = true;

	(void)state;
	assert_int_equal(cmdline_from_load_options(NULL, 100, SELF, out, sizeof(out), &cut), 0);
	assert_string_equal(out, "");
	assert_false(cut);
}

/* For every room: never more than fits, no half character, and cut says the truth. */
static void test_cut(void **state)
{
	static const char text[] = "a é € 😀 z";

	(void)state;
	for (uint32_t cap = 1; cap < sizeof(text) + 2; cap++) {
		char *out = exact(cap);
		bool cut;
		uint32_t len = cmdline_from_load_options(B(text), SELF, out, cap, &cut);

		assert_int_equal(len, strlen(out));
		assert_true(len < cap);
		assert_memory_equal(out, text, len);
		assert_true(len == sizeof(text) - 1 || (text[len] & 0xc0) != 0x80);
		assert_int_equal(cut, cap < sizeof(text));
		if (len)
			assert_true(out[len - 1] != ' ');
		free(out);
	}
}

static void test_blanks_are_not_cut(void **state)
{
	char out[4], *full = exact(8);
	bool cut;

	(void)state;
	assert_int_equal(cmdline_from_load_options(B("abc      "), SELF, out, 4, &cut), 3);
	assert_false(cut);
	assert_int_equal(cmdline_from_load_options(B("x.efi a"), SELF, full, 8, &cut), 1);
	assert_false(cut);
	/* what is not text is not cut either, however long it is */
	assert_int_equal(cmdline_from_load_options(U("им中文"), SELF, full, 8, &cut), 0);
	assert_true(!cut && !*full);
	free(full);
}

static const struct text_case files[] = {
	{ "UTF-8", B("mmu=off\ndebug\r\n\r\n"), "mmu=off debug" },
	{ "UTF-8 with BOM", B("\xef\xbb\xbf""a\nb"), "a b" },
	{ "UTF-16 with BOM", U("\ufeff""a\nb\n"), "a b" },
	{ "UTF-16BE with BOM", B("\xfe\xff\0a\0\n\0b"), "a b" },
	{ "newline first", B("\n\n a"), "a" },
	{ "two letters and a zero", B("ab\0cd"), "ab" },
	{ "bad bytes stay UTF-8", B("caf\xe9 x"), "caf\xef\xbf\xbd x" },
	{ "no name is dropped", B("x.efi a"), "x.efi a" },
	{ "binary", B("\x7f" "ELF"), "" }, { "a control character", B("a\x1b" "b"), "a b" },
	{ "empty", "", 0, "" },
};

static void test_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		char *data = exact(files[i].size), out[64];
		bool cut = true;
		uint32_t len;

		memcpy(data, files[i].in, files[i].size);
		len = cmdline_from_file(data, files[i].size, out, sizeof(out), &cut);
		if (strcmp(out, files[i].want))
			fail_msg("%s: \"%s\", not \"%s\"", files[i].what, out, files[i].want);
		assert_int_equal(len, strlen(out));
		assert_false(cut);
		free(data);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_encodings), cmocka_unit_test(test_cleaning),
		cmocka_unit_test(test_opaque), cmocka_unit_test(test_self),
		cmocka_unit_test(test_load_option),
		cmocka_unit_test(test_null), cmocka_unit_test(test_cut),
		cmocka_unit_test(test_blanks_are_not_cut), cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
