using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace ClamProxy.TestKit;

/// <summary>One connection to a <see cref="FakeClamd"/>, as a script sees it.</summary>
public sealed class FakeClamdConnection(Socket socket, FakeClamd clamd) : IDisposable
{
    private int _commands;
    private bool _isNumbered;
    private char _last;

    /// <summary>The number of the last command in its session.</summary>
    public int Command => _commands;

    /// <summary>IDSESSION was said: further commands follow.</summary>
    public bool IsSession { get; private set; }

    /// <summary>Another command may follow, for the last one's reply was whole.</summary>
    internal bool IsOpen => IsSession && _last == '\0';

    /// <summary>Reads up to the NUL that ends a z-command.</summary>
    public async Task<string> ReadCommandAsync()
    {
        var command = new StringBuilder();
        var one = new byte[1];
        while (true)
        {
            await ReadExactlyAsync(one);
            if (one[0] == 0)
            {
                (_commands, _isNumbered) = (_commands + 1, false);
                // Until a reply says otherwise: a script that says nothing hangs up.
                _last = ' ';
                return command.ToString();
            }

            command.Append((char)one[0]);
        }
    }

    /// <summary>Reads one INSTREAM chunk; empty at the end.</summary>
    public async Task<byte[]> ReadChunkAsync()
    {
        var prefix = new byte[sizeof(int)];
        await ReadExactlyAsync(prefix);
        var chunk = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix)];
        await ReadExactlyAsync(chunk);
        return chunk;
    }

    public async Task<byte[]> ReadContentAsync()
    {
        using var content = new MemoryStream();
        while (await ReadChunkAsync() is { Length: > 0 } chunk)
        {
            content.Write(chunk);
        }

        return content.ToArray();
    }

    /// <summary>Sends text, its end included, as Latin-1. In a session it gets this command's number, or another.</summary>
    public async Task ReplyAsync(string text, int? number = null)
    {
        if (text.Length > 0)
        {
            _last = text[^1];
        }

        var bytes = Encoding.Latin1.GetBytes(Numbered(text, number ?? _commands));
        var step = clamd.IsSlow ? 1 : Math.Max(bytes.Length, 1);
        for (var at = 0; at < bytes.Length; at += step)
        {
            await clamd.Thawed;
            await socket.SendAsync(bytes.AsMemory(at, step), clamd.End);
        }
    }

    /// <summary>Reads the byte that a descriptor comes with; the descriptor itself is lost.</summary>
    public Task ReadByteAsync() => ReadExactlyAsync(new byte[1]);

    /// <summary>Neither reads nor says anything until the test ends.</summary>
    public async Task StallAsync() => await Task.Delay(Timeout.Infinite, clamd.End);

    /// <summary>Says nothing until the other side leaves.</summary>
    public async Task HangAsync()
    {
        var ignored = new byte[4096];
        while (await socket.ReceiveAsync(ignored, clamd.End) > 0)
        {
        }
    }

    /// <summary>Says nothing until the other side leaves, which is true, or sends more, which stays for the next read.</summary>
    public async Task<bool> HasLeftAsync() => await socket.ReceiveAsync(new byte[1], SocketFlags.Peek, clamd.End) == 0;

    /// <summary>Ends with RST.</summary>
    public void Reset()
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
        }

        socket.Dispose();
    }

    /// <summary>Ends its own direction only.</summary>
    public void HalfClose() => socket.Shutdown(SocketShutdown.Send);

    public void Dispose() => socket.Dispose();

    internal void BeginSession() => (IsSession, _commands, _last) = (true, 0, '\0');

    internal void EndSession() => IsSession = false;

    /// <summary>In a session the first piece of a reply begins with its command's number, as clamd has it.</summary>
    private string Numbered(string text, int number)
    {
        if (!IsSession || _isNumbered || text.StartsWith("COMMAND READ TIMED OUT", StringComparison.Ordinal))
        {
            return text;
        }

        _isNumbered = true;
        return string.Create(CultureInfo.InvariantCulture, $"{number}: {text}");
    }

    private async Task ReadExactlyAsync(Memory<byte> target)
    {
        while (!target.IsEmpty)
        {
            await clamd.Thawed;
            var read = await socket.ReceiveAsync(target, SocketFlags.None, clamd.End);
            if (read == 0)
            {
                throw new EndOfStreamException();
            }

            target = target[read..];
        }
    }
}
