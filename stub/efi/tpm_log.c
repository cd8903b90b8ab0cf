/* SPDX-License-Identifier: MIT */
/*
 * tpm_log.c - see tpm_log.h. Runs before firmware is left, which still owns the log.
 *
 * Entries are packed without padding, so nothing is aligned. Structures: TCG PC Client Platform
 * Firmware Profile 1.05, chapter 10.
 */
#include "stub/efi/tpm_log.h"
#include "lib/string.h"

#define LOG_MAX		(16 * MIB)
#define DIGESTS_MAX	16		/* no TPM has so many banks */
#define DIGEST_SIZE_MAX	64
#define EV_NO_ACTION	3

enum { LOG_SHA1 = 1, LOG_AGILE = 2 };

#define LOG_PACKED __attribute__((packed))

struct log_event {			/* TCG_PCR_EVENT; event[] follows */
	uint32_t pcr, type;
	uint8_t digest[20];
	uint32_t event_size;
} LOG_PACKED;

struct log_event2 {			/* TCG_PCR_EVENT2; digests, event_size, event[] follow */
	uint32_t pcr, type;
	uint32_t digests;
} LOG_PACKED;

struct log_algorithm {
	uint16_t id, digest_size;
} LOG_PACKED;

struct log_spec_id {			/* TCG_EfiSpecIDEventStruct, in the first entry */
	struct log_event event;
	char signature[16];
	uint32_t platform;
	uint8_t minor, major, errata, uintn;
	uint32_t algorithms;
	struct log_algorithm algorithm[];
} LOG_PACKED;

struct log_u32 {
	uint32_t value;
} LOG_PACKED;

_Static_assert(sizeof(struct log_event) == 32, "TCG_PCR_EVENT");
_Static_assert(sizeof(struct log_spec_id) == 60, "TCG_EfiSpecIDEventStruct");
_Static_assert(sizeof(struct log_event2) + DIGESTS_MAX * (sizeof(uint16_t) + DIGEST_SIZE_MAX) +
	       sizeof(struct log_u32) == TPM_LOG_READ, "the longest head");

static bool spec_ok(const struct log_spec_id *s)
{
	uint32_t fixed = sizeof(*s) - sizeof(s->event);

	return s->event.type == EV_NO_ACTION && s->event.event_size >= fixed &&
	       !memcmp(s->signature, "Spec ID Event03", sizeof(s->signature)) &&
	       s->algorithms - 1 < DIGESTS_MAX &&
	       s->algorithms * sizeof(s->algorithm[0]) <= s->event.event_size - fixed;
}

/* 0: unknown algorithm, or an implausible size. */
static uint32_t digest_size(const struct log_spec_id *s, uint16_t id)
{
	for (uint32_t i = 0; i < s->algorithms; i++)
		if (s->algorithm[i].id == id)
			return s->algorithm[i].digest_size <= DIGEST_SIZE_MAX ?
			       s->algorithm[i].digest_size : 0;
	return 0;
}

/* Size of the entry up to and including event_size; 0 if it is malformed. */
static uint32_t agile_head(const struct log_spec_id *s, const struct log_event2 *e)
{
	uint32_t at = sizeof(*e);

	if (e->digests - 1 >= DIGESTS_MAX)
		return 0;
	for (uint32_t i = 0; i < e->digests; i++) {
		const struct log_algorithm *a = (const void *)((const uint8_t *)e + at);
		uint32_t size = digest_size(s, a->id);

		if (!size)
			return 0;
		at += (uint32_t)sizeof(a->id) + size;
	}
	return at + (uint32_t)sizeof(struct log_u32);
}

uint64_t tpm_log_size(uint64_t log, uint64_t last, uint32_t format)
{
	uint64_t offset = last - log, head = sizeof(struct log_event), size;

	if (!log || offset > LOG_MAX)		/* also if last is 0 or before the log */
		return 0;
	if (format == LOG_AGILE) {
		if (!spec_ok((const void *)log))
			return 0;
		if (offset)
			head = agile_head((const void *)log, (const void *)last);
	} else if (format != LOG_SHA1) {
		return 0;
	}
	if (!head || head > LOG_MAX - offset)
		return 0;
	size = ((const struct log_u32 *)(last + head - sizeof(struct log_u32)))->value;
	return size > LOG_MAX - offset - head ? 0 : offset + head + size;
}
