"""A crowd of clients that do not get on with their requests: crowd.py PORT COUNT idle|begun|hello.

All of them are silent after their connecting (idle), the first half of a request line (begun), or the first message of
a TLS handshake (hello). It says "ready" once they are all there, "closed N" when the server has closed N of them so
far, and stays until it is killed.
"""
import resource, select, socket, ssl, sys

port, count, start = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
if limit < count + 50:
    sys.exit(f"crowd: {count} connections, but only {limit} descriptors")
resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))

def hello():
    sent = ssl.MemoryBIO()
    context = ssl.create_default_context()
    try:
        context.wrap_bio(ssl.MemoryBIO(), sent, server_hostname="localhost").do_handshake()
    except ssl.SSLWantReadError:
        return sent.read()

first = {"idle": b"", "begun": b"POST /enrol/v1/st", "hello": hello()}[start]
clients = {}
events = select.poll()
for number in range(count):
    client = socket.create_connection(("127.0.0.1", port), timeout=30)
    client.sendall(first)
    # In the middle of the handshake means that the server has answered.
    if start == "hello" and not client.recv(1):
        sys.exit("crowd: no answer")
    clients[client.fileno()] = client
    events.register(client.fileno(), select.POLLRDHUP)
print("ready", flush=True)
closed = 0
while True:
    for number, _ in events.poll():
        events.unregister(number)
        clients.pop(number).close()
        closed += 1
    print(f"closed {closed}", flush=True)
