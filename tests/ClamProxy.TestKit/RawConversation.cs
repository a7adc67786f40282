using System.Net.Sockets;
using System.Text;

namespace ClamProxy.TestKit;

/// <summary>One request to a <see cref="RawOrigin"/> and what to do with its connection.</summary>
/// <param name="Socket">The connection; it is closed when the script ends.</param>
/// <param name="Head">The request's head, one Latin-1 character per byte.</param>
/// <param name="Number">1 for the first request this origin got.</param>
/// <param name="Stopping">Cancelled when the test is over.</param>
public sealed record RawConversation(Socket Socket, string Head, int Number, CancellationToken Stopping)
{
    public async Task SayAsync(string text) => await SayAsync(Encoding.Latin1.GetBytes(text));

    public async Task SayAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await Socket.SendAsync(bytes, Stopping)..];
        }
    }

    public async Task SayByteByByteAsync(string text)
    {
        foreach (var octet in Encoding.Latin1.GetBytes(text))
        {
            await SayAsync(new[] { octet });
        }
    }

    /// <summary>Says nothing more until the test is over.</summary>
    public Task HangAsync() => Task.Delay(Timeout.InfiniteTimeSpan, Stopping);

    /// <summary>Closes with a TCP reset instead of an orderly end.</summary>
    public void Reset()
    {
        Socket.LingerState = new LingerOption(true, 0);
        Socket.Close();
    }
}
