/* SPDX-License-Identifier: MIT */
/*
 * uart.c - see uart.h. Each type of port is a list of steps: a register, and what to do with it. So
 * another type costs a few lines of data and no code.
 *
 * 16550 and PL011 have run on many of QEMU's machines, Cadence on its ZynqMP, i.MX on its 8M Plus.
 * The types after them have never run: their registers are from the manuals and from Linux's
 * drivers.
 */
#include "uart.h"
#include "arch/boot.h"

#define UART_POLLS	100000		/* far longer than a byte at 115200 baud, 100 us */

/* National PC16550D */
#define U16550_THR	0
#define U16550_IER	1
#define U16550_FCR	2
#define U16550_LCR	3
#define U16550_MCR	4
#define U16550_SCR	7
#define U16550_DLL	0		/* while LCR_DLAB */
#define U16550_DLM	1
#define FCR_ENABLE_CLEAR 0x07
#define LCR_8N1		0x03
#define LCR_DLAB	0x80
#define MCR_DTR_RTS	0x03
#define LSR_THRE	5		/* a bit's number, like all that `steps` uses */
#define LSR_TEMT	0x40
#define DIVISOR_115200	1

/* Arm PL011, DDI 0183 */
#define PL011_DR	0x00
#define PL011_FR	0x18
#define FR_TXFF		5

/* Cadence, in Xilinx UG1087 */
#define CDNS_CR		0x00
#define CDNS_SR		0x2c
#define CDNS_FIFO	0x30
#define CR_TX_EN	4		/* clear after reset: without firmware it is up to us */
#define SR_TXFULL	4

/* NXP i.MX 8M Mini reference manual, UART */
#define IMX_UTXD	0x40
#define IMX_UTS		0xb4
#define UTS_TXFULL	4

/* The same, i.MX 8X, LPUART */
#define LPUART_STAT	0x14
#define LPUART_DATA	0x1c
#define STAT_TDRE	23

/* Amlogic S905 data sheet */
#define MESON_WFIFO	0x00
#define MESON_STATUS	0x0c
#define STATUS_TX_FULL	21

/* Qualcomm UART_DM, 1.4 as well, which has the registers of its predecessors too */
#define MSM_SR		0x08
#define MSM_NCF_TX	0x40
#define MSM_TF		0x70
#define SR_TXRDY	2
#define SR_TXEMT	3

/* Qualcomm GENI serial engine as a UART */
#define GENI_TX_TRANS_LEN 0x270
#define GENI_M_CMD0	0x600
#define GENI_M_IRQ_STATUS 0x610
#define GENI_M_IRQ_CLEAR 0x618
#define GENI_TX_FIFO	0x700
#define GENI_TX_WATERMARK 0x80c
#define CMD0_START_TX	27
#define IRQ_CMD_DONE	0
#define IRQ_TX_WATERMARK 30

/* Samsung Exynos 4210 manual */
#define EXYNOS_UTRSTAT	0x10
#define EXYNOS_UTXH	0x20
#define UTRSTAT_EMPTY	2		/* with a FIFO or without */

/* Marvell Armada 37xx, UART 1 */
#define MVEBU_TSH	0x04
#define MVEBU_STAT	0x0c
#define STAT_TX_FULL	11

/* Renesas R-Car generation 3, SCIF: registers of 16 and of 8 bits; writing 0 clears a flag */
#define SCIF_FTDR	0x0c
#define SCIF_FSR	0x10
#define FSR_TDFE	5		/* TEND is the next */

#define OWN_WIDTH	0		/* a step's width: that of the port */

/*
 * Wait for a bit; write it; write all but it and the next; write it unless it is set; write the
 * byte.
 */
enum {
	STEP_END, STEP_UNTIL_SET, STEP_UNTIL_CLEAR, STEP_WRITE, STEP_CLEAR_TWO, STEP_ENSURE,
	STEP_SEND,
};

struct step {
	uint8_t action;			/* STEP_* */
	uint8_t width;			/* bytes, or OWN_WIDTH */
	uint8_t bit;
	uint16_t offset;		/* shift by reg_shift */
};

#define SEND(width, offset)	{ STEP_SEND, width, 0, offset }
#define LAST_STEP		{ .action = STEP_END }

/* How to send one byte, for each type in the order of enum boot_uart_type. */
static const struct step steps[] = {
	LAST_STEP,		/* none */
	/* BOOT_UART_16550 */
	{ STEP_UNTIL_SET, 0, LSR_THRE, U16550_LSR },
	SEND(0, U16550_THR),
	LAST_STEP,
	/* BOOT_UART_PL011 */
	{ STEP_UNTIL_CLEAR, 0, FR_TXFF, PL011_FR },
	SEND(0, PL011_DR),
	LAST_STEP,
	/* BOOT_UART_CDNS */
	{ STEP_ENSURE, 0, CR_TX_EN, CDNS_CR },
	{ STEP_UNTIL_CLEAR, 0, SR_TXFULL, CDNS_SR },
	SEND(0, CDNS_FIFO),
	LAST_STEP,
	/* BOOT_UART_IMX */
	{ STEP_UNTIL_CLEAR, 0, UTS_TXFULL, IMX_UTS },
	SEND(0, IMX_UTXD),
	LAST_STEP,
	/* BOOT_UART_LPUART */
	{ STEP_UNTIL_SET, 0, STAT_TDRE, LPUART_STAT },
	SEND(0, LPUART_DATA),
	LAST_STEP,
	/* BOOT_UART_MESON */
	{ STEP_UNTIL_CLEAR, 0, STATUS_TX_FULL, MESON_STATUS },
	SEND(0, MESON_WFIFO),
	LAST_STEP,
	/* BOOT_UART_MSM */
	{ STEP_UNTIL_SET, 0, SR_TXEMT, MSM_SR },
	{ STEP_WRITE, 0, 0, MSM_NCF_TX },
	{ STEP_UNTIL_SET, 0, SR_TXRDY, MSM_SR },
	SEND(0, MSM_TF),
	LAST_STEP,
	/* BOOT_UART_GENI */
	{ STEP_WRITE, 0, IRQ_CMD_DONE, GENI_M_IRQ_CLEAR },	/* an earlier system's */
	{ STEP_WRITE, 0, 1, GENI_TX_WATERMARK },
	{ STEP_WRITE, 0, 0, GENI_TX_TRANS_LEN },
	{ STEP_WRITE, 0, CMD0_START_TX, GENI_M_CMD0 },
	{ STEP_UNTIL_SET, 0, IRQ_TX_WATERMARK, GENI_M_IRQ_STATUS },
	SEND(0, GENI_TX_FIFO),
	{ STEP_WRITE, 0, IRQ_TX_WATERMARK, GENI_M_IRQ_CLEAR },
	{ STEP_UNTIL_SET, 0, IRQ_CMD_DONE, GENI_M_IRQ_STATUS },
	{ STEP_WRITE, 0, IRQ_CMD_DONE, GENI_M_IRQ_CLEAR },
	LAST_STEP,
	/* BOOT_UART_EXYNOS */
	{ STEP_UNTIL_SET, 0, UTRSTAT_EMPTY, EXYNOS_UTRSTAT },
	SEND(0, EXYNOS_UTXH),
	LAST_STEP,
	/* BOOT_UART_MVEBU */
	{ STEP_UNTIL_CLEAR, 0, STAT_TX_FULL, MVEBU_STAT },
	SEND(0, MVEBU_TSH),
	LAST_STEP,
	/* BOOT_UART_SCIF */
	{ STEP_UNTIL_SET, 2, FSR_TDFE, SCIF_FSR },
	SEND(1, SCIF_FTDR),
	{ STEP_CLEAR_TWO, 2, FSR_TDFE, SCIF_FSR },
	LAST_STEP,
};

static const struct step *steps_of(uint32_t type)
{
	const struct step *s = steps;

	while (type)
		type -= s++->action == STEP_END;
	return s;
}

/* Load-acquire: on some CPUs plain loads from devices must not mix with a lock's exclusives. */
uint32_t uart_read(const struct boot_uart *u, uint32_t width, uint64_t offset)
{
	uint64_t at = u->base + (offset << u->reg_shift);

	if (ARCH_PORTS && u->is_port)
		return arch_port_in8((uint16_t)at);
	switch (width ? width : u->reg_width) {
	case 4:
		return __atomic_load_n((volatile uint32_t *)at, __ATOMIC_ACQUIRE);
	case 2:
		return __atomic_load_n((volatile uint16_t *)at, __ATOMIC_ACQUIRE);
	default:
		return __atomic_load_n((volatile uint8_t *)at, __ATOMIC_ACQUIRE);
	}
}

void uart_write(const struct boot_uart *u, uint32_t width, uint64_t offset, uint32_t value)
{
	uint64_t at = u->base + (offset << u->reg_shift);

	if (ARCH_PORTS && u->is_port) {
		arch_port_out8((uint16_t)at, (uint8_t)value);
		return;
	}
	switch (width ? width : u->reg_width) {
	case 4:
		*(volatile uint32_t *)at = value;
		break;
	case 2:
		*(volatile uint16_t *)at = (uint16_t)value;
		break;
	default:
		*(volatile uint8_t *)at = (uint8_t)value;
	}
}

static uint8_t u16550_read(const struct boot_uart *u, uint32_t reg)
{
	return (uint8_t)uart_read(u, OWN_WIDTH, reg);
}

static void u16550_write(const struct boot_uart *u, uint32_t reg, uint8_t value)
{
	uart_write(u, OWN_WIDTH, reg, value);
}

/* Wait until (value of the register & mask) == want. */
static bool reg_wait(const struct boot_uart *u, uint32_t width, uint64_t offset, uint32_t mask,
		     uint32_t want)
{
	for (uint32_t i = 0; i < UART_POLLS; i++)
		if ((uart_read(u, width, offset) & mask) == want)
			return true;
	return false;
}

/* The port exists if its scratch register keeps two patterns. */
static bool u16550_answers(const struct boot_uart *u)
{
	static const uint8_t patterns[] = { 0x5a, 0xa5 };

	for (uint32_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		u16550_write(u, U16550_SCR, patterns[i]);
		if (u16550_read(u, U16550_SCR) != patterns[i])
			return false;
	}
	return u16550_read(u, U16550_LSR) != LSR_ABSENT;
}

static void u16550_setup(const struct boot_uart *u, uint32_t divisor)
{
	/* Let pending bytes out first. A port that never drains is set up anyway. */
	reg_wait(u, OWN_WIDTH, U16550_LSR, LSR_TEMT, LSR_TEMT);
	u16550_write(u, U16550_IER, 0);
	u16550_write(u, U16550_LCR, LCR_DLAB);
	u16550_write(u, U16550_DLL, (uint8_t)divisor);
	u16550_write(u, U16550_DLM, (uint8_t)(divisor >> 8));
	u16550_write(u, U16550_LCR, LCR_8N1);
	u16550_write(u, U16550_FCR, FCR_ENABLE_CLEAR);
	u16550_write(u, U16550_MCR, MCR_DTR_RTS);
}

/* All its registers can be accessed, and are in the one page that is mapped. */
static bool uart_fits(const struct boot_uart *u)
{
	if (u->type == BOOT_UART_NONE || u->type >= BOOT_UART_TYPES)
		return false;
	if (u->type == BOOT_UART_CALL)
		return ARCH_CALLS;
	if (u->reg_shift >= PAGE_SHIFT)		/* an earlier kernel's boot_info may be damaged */
		return false;
	if (u->is_port)
		return ARCH_PORTS && u->type == BOOT_UART_16550;
	if (!u->reg_width || u->base % u->reg_width)
		return false;
	for (const struct step *s = steps_of(u->type); s->action != STEP_END; s++)
		if (((uint64_t)s->offset << u->reg_shift) + u->reg_width >
		    PAGE_SIZE - u->base % PAGE_SIZE)
			return false;
	return true;
}

static bool is_guess(const struct boot_uart *u)
{
	return u->source == BOOT_UART_FROM_DEFAULT && u->type == BOOT_UART_16550;
}

bool uart_answers(const struct boot_uart *u)
{
	return uart_fits(u) && (!is_guess(u) || u16550_answers(u));
}

bool uart_start(const struct boot_uart *u)
{
	if (!uart_answers(u))
		return false;
	if (!is_guess(u))
		return true;
	u16550_setup(u, DIVISOR_115200);
	return true;
}

void uart_speed(const struct boot_uart *u, uint32_t divisor)
{
	if (divisor && u->type == BOOT_UART_16550)
		u16550_setup(u, divisor);
}

static bool step_take(const struct boot_uart *u, const struct step *s, uint8_t byte)
{
	uint32_t value = 1u << s->bit;

	if (s->action <= STEP_UNTIL_CLEAR)
		return reg_wait(u, s->width, s->offset, value,
				s->action == STEP_UNTIL_SET ? value : 0);
	if (s->action == STEP_ENSURE && uart_read(u, s->width, s->offset) & value)
		return true;
	if (s->action == STEP_CLEAR_TWO)
		value = ~(3 * value);
	uart_write(u, s->width, s->offset, s->action == STEP_SEND ? byte : value);
	return true;
}

bool uart_put(const struct boot_uart *u, uint8_t byte)
{
	if (ARCH_CALLS && u->type == BOOT_UART_CALL)
		return arch_call_put(byte);
	for (const struct step *s = steps_of(u->type); s->action != STEP_END; s++)
		if (!step_take(u, s, byte))
			return false;
	return true;
}
