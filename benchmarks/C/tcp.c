// TCP as fast as it goes, and as often: what netperf's TCP_STREAM and TCP_RR measure.
//
//   tcp serve PORT                          prints "listening", then serves until it is killed
//   tcp ask ADDRESS PORT MS                 one byte there and one back, over and over; prints requests a second
//   tcp send ADDRESS PORT MS STREAMS SIZE   writes of SIZE bytes; prints gigabits a second that have arrived
//
// The first byte of a connection says what it is for. What was sent counts when the server has said that it has all of it.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROOM = 1 << 17 };

static char room[ROOM];

static long check(long result, const char *what)
{
    if (result < 0) {
        fprintf(stderr, "tcp: %s: %s\n", what, strerror(errno));
        exit(1);
    }
    return result;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void answer(int fd)
{
    int on = 1;
    uint64_t arrived = 0;
    long got;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (read(fd, room, 1) == 1 && room[0] == 'r') {
        while (read(fd, room, 1) == 1 && write(fd, room, 1) == 1)
            ;
        return;
    }
    while ((got = read(fd, room, ROOM)) > 0)
        arrived += got;
    check(write(fd, &arrived, sizeof arrived), "write");
}

static void serve(int port)
{
    int on = 1, fd = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(port)};
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    check(bind(fd, (struct sockaddr *)&any, sizeof any), "bind");
    check(listen(fd, 64), "listen");
    signal(SIGCHLD, SIG_IGN);
    printf("listening\n");
    fflush(stdout);
    for (;;) {
        int one = check(accept(fd, NULL, NULL), "accept");
        if (fork() == 0) {
            answer(one);
            _exit(0);
        }
        close(one);
    }
}

static int reach(char **where, char purpose)
{
    int on = 1, fd = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(where[1])), .sin_addr.s_addr = inet_addr(where[0])};
    check(connect(fd, (struct sockaddr *)&to, sizeof to), "connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    check(write(fd, &purpose, 1), "write");
    return fd;
}

static double ask(int fd, double seconds)
{
    double start = now(), end;
    long requests = 0;
    while ((end = now()) < start + seconds) {
        for (int i = 0; i < 16; i++, requests++)
            if (write(fd, room, 1) != 1 || read(fd, room, 1) != 1)
                check(-1, "ask");
    }
    return requests / (end - start);
}

static double send_all(int fd, double seconds, int size)
{
    double start = now();
    uint64_t arrived = 0;
    while (now() < start + seconds)
        check(write(fd, room, size), "write");
    check(shutdown(fd, SHUT_WR), "shutdown");
    check(read(fd, &arrived, sizeof arrived), "read");
    return arrived * 8 / (now() - start) / 1e9;
}

static void send_by(char **where, double seconds, int streams, int size)
{
    int results[2];
    double all = 0, one;
    check(pipe(results), "pipe");
    for (int i = 0; i < streams; i++)
        if (check(fork(), "fork") == 0) {
            one = send_all(reach(where, 's'), seconds, size);
            check(write(results[1], &one, sizeof one), "write");
            _exit(0);
        }
    close(results[1]);
    for (int i = 0; i < streams; i++, all += one)
        check(read(results[0], &one, sizeof one) - (long)sizeof one, "a stream failed");
    printf("%.3f\n", all);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "serve") == 0)
        serve(atoi(argv[2]));
    else if (argc == 5 && strcmp(argv[1], "ask") == 0)
        printf("%.1f\n", ask(reach(argv + 2, 'r'), atoi(argv[4]) / 1e3));
    else if (argc == 7 && strcmp(argv[1], "send") == 0 && atoi(argv[6]) <= ROOM)
        send_by(argv + 2, atoi(argv[4]) / 1e3, atoi(argv[5]), atoi(argv[6]));
    else {
        fprintf(stderr, "usage: tcp serve PORT | tcp ask ADDRESS PORT MS | tcp send ADDRESS PORT MS STREAMS SIZE\n");
        return 2;
    }
    return 0;
}
