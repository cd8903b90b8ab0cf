/* SPDX-License-Identifier: MIT */
/*
 * keyboard.c - see keyboard.h. IBM PS/2 hardware reference, keyboard and auxiliary device
 * controller. Every wait for the controller has a time limit.
 */
#include "kernel/dev/keyboard.h"
#include "arch/boot.h"
#include "kernel/dev/input.h"
#include "kernel/dev/keys.h"
#include "kernel/irq/irq.h"
#include "kernel/time/clock.h"

#define FADT_SIGNATURE	ACPI_SIGNATURE('F', 'A', 'C', 'P')
#define FADT_8042	(1u << 1)	/* IAPC_BOOT_ARCH, ACPI 6.5, 5.2.9.3 */
#define FADT_ARCH_KNOWN	4		/* earlier revisions left the flags 0 */

#define PORT_DATA	0x60
#define PORT_STATUS	0x64
#define STATUS_OUTPUT	0x01		/* a byte waits for us */
#define STATUS_INPUT	0x02		/* the controller has not taken ours yet */
#define STATUS_MOUSE	0x20		/* the waiting byte is the second port's */
#define STATUS_ABSENT	0xff

#define COMMAND_READ	0x20
#define COMMAND_WRITE	0x60
#define COMMAND_MOUSE_OFF 0xa7
#define COMMAND_TEST	0xaa
#define COMMAND_OFF	0xad
#define COMMAND_ON	0xae
#define TEST_PASSED	0x55
#define CONFIG_INTERRUPT 0x01
#define CONFIG_MOUSE_INTERRUPT 0x02
#define CONFIG_OFF	0x10
#define CONFIG_MOUSE_OFF 0x20
#define CONFIG_TRANSLATE 0x40		/* set 2 to set 1 */

#define KEYBOARD_SCAN	0xf4		/* begin to send scan codes */
#define KEYBOARD_ACK	0xfa
#define KEYBOARD_ECHO	0xee		/* which it sends back */
#define ISA_LINE	1

#define BYTES_MAX	64		/* more than any controller holds: it is not one */
#define ANSWER_TIME	(500 * NS_PER_MS)
#define ECHO_TIME	(20 * NS_PER_MS)
#define ANSWER_READS	500000u		/* the same without a clock: a read takes 1 us */

static struct keys keys;
static bool acknowledged;

static void keyboard_poll(void)
{
	char text[KEYS_TEXT];

	for (uint32_t i = 0; i < BYTES_MAX; i++) {
		const uint8_t status = arch_port_in8(PORT_STATUS);
		uint8_t code;

		if (!(status & STATUS_OUTPUT) || status == STATUS_ABSENT)
			return;
		code = arch_port_in8(PORT_DATA);
		if (status & STATUS_MOUSE)
			continue;
		acknowledged |= code == KEYBOARD_ACK;
		keys_take(&keys, code, text);
		for (const char *c = text; *c; c++)
			input_put((uint8_t)*c);
	}
}

static bool status_wait(uint8_t mask, uint8_t want)
{
	const uint64_t until = clock_now() + ANSWER_TIME;

	for (uint32_t i = 0; i < ANSWER_READS && clock_now() <= until; i++)
		if ((arch_port_in8(PORT_STATUS) & mask) == want)
			return true;
	return false;
}

static bool send(uint16_t to, uint8_t byte)
{
	if (!status_wait(STATUS_INPUT, 0))
		return false;
	arch_port_out8(to, byte);
	return true;
}

/* Send a command, and read the controller's answer. */
static bool ask(uint8_t command, uint8_t *answer)
{
	if (!send(PORT_STATUS, command) || !status_wait(STATUS_OUTPUT, STATUS_OUTPUT))
		return false;
	*answer = arch_port_in8(PORT_DATA);
	return true;
}

static bool config_write(uint8_t config)
{
	return send(PORT_STATUS, COMMAND_WRITE) && send(PORT_DATA, config);
}

static void flush(void)
{
	for (uint32_t i = 0; i < BYTES_MAX && arch_port_in8(PORT_STATUS) & STATUS_OUTPUT; i++)
		(void)arch_port_in8(PORT_DATA);
}

/* Enable the keyboard's port and its interrupt. NULL, or why that failed. */
static const char *controller_start(void)
{
	uint8_t config, answer;

	if (arch_port_in8(PORT_STATUS) == STATUS_ABSENT)
		return "no controller";
	if (!send(PORT_STATUS, COMMAND_OFF) || !send(PORT_STATUS, COMMAND_MOUSE_OFF))
		return "the controller takes no commands";
	flush();
	if (!ask(COMMAND_READ, &config) || !ask(COMMAND_TEST, &answer))
		return "the controller does not answer";
	if (answer != TEST_PASSED)
		return "the controller's self-test failed";
	config &= 0xff ^ CONFIG_MOUSE_INTERRUPT ^ CONFIG_OFF;
	config |= CONFIG_INTERRUPT | CONFIG_MOUSE_OFF | CONFIG_TRANSLATE;
	if (!config_write(config) || !ask(COMMAND_READ, &config) ||
	    !send(PORT_STATUS, COMMAND_ON))
		return "the controller does not answer";
	keys.set2 = !(config & CONFIG_TRANSLATE);
	return NULL;
}

static bool present(const struct machine *m)
{
	const struct acpi_fadt *f = (const void *)m->table(m->cookie, FADT_SIGNATURE);

	return !f || f->header.revision < FADT_ARCH_KNOWN ||
	       f->header.length < offsetof(struct acpi_fadt, flags) ||
	       f->boot_flags_x86 & FADT_8042;
}

const char *keyboard_start(const struct machine *m)
{
	const struct input_device *d;
	const char *why;
	uint64_t until;

	if (!ARCH_PORTS)
		return "";
	if (!present(m))
		return "firmware says there is no controller";
	why = controller_start();
	if (why)
		return why;
	acknowledged = false;
	if (!send(PORT_DATA, KEYBOARD_SCAN))
		return "the controller takes no bytes";
	until = clock_now() + ANSWER_TIME;
	for (uint32_t i = 0; i < ANSWER_READS && !acknowledged && clock_now() <= until; i++)
		keyboard_poll();
	if (!acknowledged)
		return "no keyboard answers";
	d = input_add("keyboard", keyboard_poll, irq_of_isa(ISA_LINE));
	if (d && send(PORT_DATA, KEYBOARD_ECHO))	/* its answer interrupts */
		input_try(d, ECHO_TIME);
	return NULL;
}
