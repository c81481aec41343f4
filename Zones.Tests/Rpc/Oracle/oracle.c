/* Reads requests of (number of the type, length, XDR) and answers each with the XDR that C's own code writes of what it has read, or
 * with a length of all ones. The table of types is in types.h. A first argument: writes a value that it makes itself instead. */
#include <rpc/rpc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include "types.h"

#define LONGEST (1 << 20)

static char request[LONGEST], reply[LONGEST];

static int get(void *to, size_t length) { return fread(to, 1, length, stdin) == length; }

static void sample(void)
{
    static int maybe = 77, perhaps = 5;
    static char bytes[] = { 1, 2, 3 };
    static struct item second = { -2, "b", NULL }, first = { 1, "a", &second };
    static struct knot only = { BLUE, NULL };
    static struct tree leaf = { 3, NULL, NULL };
    static struct pair pairs[] = { { 8, DARK } };
    static bool_t flags[] = { 1, 0 };
    struct everything e;
    XDR xdrs;

    memset(&e, 0, sizeof e);
    e.n.i = -1; e.n.ui = 4000000000u; e.n.plain = 2; e.n.h = -3; e.n.uh = 1ull << 63; e.n.f = 1.5f; e.n.d = -2.25; e.n.b = 1; e.n.n = 9;
    memcpy(e.b.fixed_bytes, "abcdef", 6);
    e.b.bounded.bounded_len = 3; e.b.bounded.bounded_val = bytes;
    memcpy(e.b.sum, "12345", 5);
    e.b.text = "hi"; e.b.free_text = ""; e.b.tag = "tag";
    e.a.three[2] = 3; e.a.two[1] = 4;
    e.a.flags.flags_len = 2; e.a.flags.flags_val = flags;
    e.a.pairs[0].a = 6; e.a.pairs[1].c = GREEN;
    e.a.more.more_len = 1; e.a.more.more_val = pairs;
    e.a.t[0] = 12;
    e.o.maybe = &maybe; e.o.maybe_pair = pairs;
    e.u1.shade = GREEN; e.u1.by_enum_u.cool.a = 2; e.u1.by_enum_u.cool.c = RED;
    e.u2.there = 1; e.u2.by_bool_u.value.value_len = 3; e.u2.by_bool_u.value.value_val = bytes;
    e.u3.which = OCTAL; e.u3.by_int_u.perhaps = &perhaps;
    e.u4.kind = 4000000000u; e.u4.by_unsigned_u.big = -8;
    e.u5.which = 2; e.u5.same_type_u.second = 44;
    e.l.items = &first; e.l.string_of_knots = &only;
    e.t.value = 2; e.t.right = &leaf;
    e.p = DARK;

    xdrmem_create(&xdrs, reply, LONGEST, XDR_ENCODE);
    if (!xdr_everything(&xdrs, &e))
        exit(1);
    fwrite(reply, 1, xdr_getpos(&xdrs), stdout);
}

int main(int argc, char **argv)
{
    unsigned int head[2];

    (void)argv;
    if (argc > 1) {
        sample();
        return 0;
    }
    while (get(head, sizeof head)) {
        unsigned int type = ntohl(head[0]), length = ntohl(head[1]), answer = 0xffffffff;
        XDR in, out;
        void *value;

        if (type >= sizeof types / sizeof *types || length > LONGEST || !get(request, length))
            return 1;
        value = calloc(1, types[type].size);
        xdrmem_create(&in, request, length, XDR_DECODE);
        xdrmem_create(&out, reply, LONGEST, XDR_ENCODE);
        if (types[type].code(&in, value) && xdr_getpos(&in) == length && types[type].code(&out, value))
            answer = htonl(xdr_getpos(&out));
        fwrite(&answer, 1, sizeof answer, stdout);
        if (answer != 0xffffffff)
            fwrite(reply, 1, ntohl(answer), stdout);
        fflush(stdout);
        xdr_free((xdrproc_t)types[type].code, value);
        free(value);
    }
    return 0;
}
