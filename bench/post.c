// The client of uploads: POSTs over kept-alive connections, a thread for each, every body another content. Or the scanner alone, asked as clamdscan asks.
//
// post -c CLIENTS -n COUNT -z SIZE -p PORT -u PATH [-m]   -m: as a form's field "file", else as the raw body
// post -c CLIENTS -n COUNT -z SIZE -d SOCKET              each file's descriptor to clamd (clamdscan --fdpass), a connection for each
// post -c CLIENTS -n COUNT -z SIZE -s SOCKET              each file's bytes to clamd (clamdscan --stream), a connection for each
// Prints one line of JSON. A failure is a status other than 2xx, an answer that names a signature, or a broken connection.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 128 << 10 };

static int port, clients = 1, is_form;
static long most = 1, size = 1;
static const char *path, *fildes, *stream;
static atomic_long started, failed;
static char *content;

static int dial(void) {
  int on = 1, s;
  if (port) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(s = socket(AF_INET, SOCK_STREAM, 0), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return connect(s, (void *)&a, sizeof a) ? close(s), -1 : s;
  }
  struct sockaddr_un a = {.sun_family = AF_UNIX};
  strncpy(a.sun_path, fildes ? fildes : stream, sizeof a.sun_path - 1);
  s = socket(AF_UNIX, SOCK_STREAM, 0);
  return connect(s, (void *)&a, sizeof a) ? close(s), -1 : s;
}

static int put(int s, const void *data, long n) {
  for (const char *p = data; n > 0;) {
    ssize_t w = send(s, p, n, MSG_NOSIGNAL);
    if (w <= 0) return 0;
    p += w, n -= w;
  }
  return 1;
}

static int is_ok(int s) {
  char reply[512];
  ssize_t n = 0, r;
  while (n < (ssize_t)sizeof reply && (r = recv(s, reply + n, sizeof reply - n, 0)) > 0 && reply[(n += r) - 1]);
  return n > 5 && !memcmp(reply + n - 5, ": OK", 5);
}

static int pass(int file) {
  char control[CMSG_SPACE(sizeof file)] = {0}, zero = 0;
  struct iovec part = {&zero, 1};
  struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  struct cmsghdr *h = CMSG_FIRSTHDR(&m);
  h->cmsg_level = SOL_SOCKET, h->cmsg_type = SCM_RIGHTS, h->cmsg_len = CMSG_LEN(sizeof file);
  memcpy(CMSG_DATA(h), &file, sizeof file);
  int s = dial(), good = s >= 0 && put(s, "zFILDES", 8) && sendmsg(s, &m, MSG_NOSIGNAL) == 1 && is_ok(s);
  close(s);
  return good;
}

static int pour(const char *stamp, long stamped) {
  int s = dial(), good = s >= 0 && put(s, "zINSTREAM", 10);
  for (long at = 0; good && at < size; at += CHUNK) {
    long n = size - at < CHUNK ? size - at : CHUNK, skip = at ? 0 : stamped;
    unsigned length = htonl(n);
    good = put(s, &length, 4) && put(s, stamp, skip) && put(s, content + at + skip, n - skip);
  }
  good = good && put(s, "\0\0\0\0", 4) && is_ok(s);
  close(s);
  return good;
}

// Whether the answer is 2xx, whole, and names no signature.
static int is_accepted(int s) {
  char reply[16 << 10], *body, *field;
  ssize_t n = 0, r, whole = -1;
  while (n < (ssize_t)sizeof reply - 1 && (r = recv(s, reply + n, sizeof reply - 1 - n, 0)) > 0) {
    reply[n += r] = 0;
    if (!(body = strstr(reply, "\r\n\r\n"))) continue;
    if (whole < 0 && (field = strcasestr(reply, "content-length:")) && field < body) whole = body + 4 - reply + atol(field + 15);
    if (whole >= 0 ? n >= whole : !memcmp(reply + n - 5, "0\r\n\r\n", 5)) return reply[9] == '2' && !strstr(body, "Eicar");
  }
  return 0;
}

static int post(int s, const char *stamp, long stamped) {
  static const char front[] = "--post-c\r\nContent-Disposition: form-data; name=\"file\"; filename=\"file.bin\"\r\n\r\n", back[] = "\r\n--post-c--\r\n";
  char head[512];
  int n = snprintf(head, sizeof head, "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: %s\r\nContent-Length: %ld\r\n\r\n%s", path, port,
    is_form ? "multipart/form-data; boundary=post-c" : "application/octet-stream", size + (is_form ? strlen(front) + strlen(back) : 0), is_form ? front : "");
  return put(s, head, n) && put(s, stamp, stamped) && put(s, content + stamped, size - stamped) && (!is_form || put(s, back, strlen(back))) && is_accepted(s);
}

static void *work(void *_) {
  int s = port ? dial() : -1, file = -1;
  if (fildes) {
    file = memfd_create("file", 0);
    if (write(file, content, size) != size) exit(1);
  }
  for (long i; (i = atomic_fetch_add(&started, 1)) < most;) {
    char stamp[64];
    long n = snprintf(stamp, sizeof stamp, "%d %ld %ld ", getpid(), i, random());
    n = n < size ? n : size;
    int good = file >= 0 ? pwrite(file, stamp, n, 0) == n && pass(file) : stream ? pour(stamp, n) : post(s, stamp, n);
    if (good) continue;
    atomic_fetch_add(&failed, 1);
    if (port) close(s), s = dial();
  }
  return _;
}

int main(int count, char **words) {
  for (int o; (o = getopt(count, words, "c:n:z:p:u:d:s:m")) != -1;)
    switch (o) {
      case 'c': clients = atoi(optarg); break;
      case 'n': most = atol(optarg); break;
      case 'z': size = atol(optarg); break;
      case 'p': port = atoi(optarg); break;
      case 'u': path = optarg; break;
      case 'd': fildes = optarg; break;
      case 's': stream = optarg; break;
      case 'm': is_form = 1; break;
      default: return 64;
    }
  content = malloc(size);
  for (long at = 0; at < size;) at += getrandom(content + at, size - at < 256 ? size - at : 256, 0);
  pthread_t threads[clients];
  struct timespec a, b;
  clock_gettime(CLOCK_MONOTONIC, &a);
  for (int i = 0; i < clients; i++) pthread_create(&threads[i], 0, work, 0);
  for (int i = 0; i < clients; i++) pthread_join(threads[i], 0);
  clock_gettime(CLOCK_MONOTONIC, &b);
  printf("{\"seconds\": %.6f, \"failed\": %ld}\n", b.tv_sec - a.tv_sec + (b.tv_nsec - a.tv_nsec) * 1e-9, failed);
  return 0;
}
