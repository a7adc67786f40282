using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Parts;

/// <summary>
/// A DNS server (RFC 1035) on a loopback address of its own, for processes that are started in a mount namespace whose /etc/resolv.conf
/// names it alone (<c>unshare</c>, which takes root). It knows the names that it is told and is silent about those that end in
/// <c>.blackhole.test</c>.
/// </summary>
internal sealed class FakeNameServer : IAsyncDisposable
{
    private const int Port = 53;
    private const int HeadLength = 12;
    private const byte TypeA = 1;
    private const byte NoSuchName = 3;

    private readonly TempFolder _folder = new();
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<string, IPAddress[]> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly Task _answering;

    public FakeNameServer()
    {
        var address = IPAddress.Parse($"127.53.{Environment.ProcessId >> 8 & 255}.{Environment.ProcessId & 255 | 1}");
        _socket.Bind(new IPEndPoint(address, Port));
        File.WriteAllText(_folder.File("resolv.conf"), $"nameserver {address}\n");
        _answering = AnswerAsync();
    }

    /// <summary>The files that a process has to see in place of the system's to ask this server.</summary>
    public IReadOnlyDictionary<string, string> Files =>
        new Dictionary<string, string> { ["/etc/resolv.conf"] = _folder.File("resolv.conf") };

    /// <summary>What a name resolves to from now on, for a second at a time.</summary>
    public void Set(string name, params string[] addresses) => _names[name] = [.. addresses.Select(IPAddress.Parse)];

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _answering;
        _socket.Dispose();
        _end.Dispose();
        _folder.Dispose();
    }

    private async Task AnswerAsync()
    {
        var buffer = new byte[1500];
        while (!_end.IsCancellationRequested)
        {
            try
            {
                var question = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), _end.Token);
                if (Answer(buffer.AsSpan(0, question.ReceivedBytes)) is { } answer)
                {
                    await _socket.SendToAsync(answer, SocketFlags.None, question.RemoteEndPoint, _end.Token);
                }
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // The asker has gone, or this is the end.
            }
        }
    }

    private byte[]? Answer(ReadOnlySpan<byte> question)
    {
        var name = new StringBuilder();
        var at = HeadLength;
        for (; question[at] != 0; at += question[at] + 1)
        {
            name.Append(name.Length > 0 ? "." : "").Append(Encoding.Latin1.GetString(question.Slice(at + 1, question[at])));
        }

        if (name.ToString().EndsWith(".blackhole.test", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var isKnown = _names.TryGetValue(name.ToString(), out var addresses);
        var isA = question[at + 2] == TypeA;
        IPAddress[] given = isA && isKnown ? addresses! : [];
        byte[] head =
        [
            question[0], question[1], 0x85, isKnown ? (byte)0x80 : (byte)(0x80 | NoSuchName), 0, 1, 0, (byte)given.Length, 0, 0, 0, 0
        ];
        // The name by a pointer to the question, type A, class IN, one second.
        return
        [
            .. head,
            .. question[HeadLength..(at + 5)],
            .. given.SelectMany(address => (byte[])[0xC0, HeadLength, 0, TypeA, 0, 1, 0, 0, 0, 1, 0, 4, .. address.GetAddressBytes()])
        ];
    }
}
