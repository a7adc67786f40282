using System.Text;

namespace ClamProxy.Core.Clamd;

/// <summary>Asks one clamd a question on a connection of its own: what it answers holds for the process that took this connection, and
/// proves nothing of another.</summary>
internal sealed class ClamdClient(ClamdEndpoint endpoint, ClamdOptions options, TimeProvider time)
{
    public ClamdEndpoint Endpoint => endpoint;

    /// <summary>Asks PING or VERSION.</summary>
    /// <returns>The reply without its end.</returns>
    /// <exception cref="ClamdException">No connection, or no reply.</exception>
    public async Task<string> AskAsync(ReadOnlyMemory<byte> command, CancellationToken cancellationToken)
    {
        var raw = await AskRawAsync(command, cancellationToken).ConfigureAwait(false);
        return ClamdReply.Unframe(raw.Bytes) ?? throw ClamdReply.Missing(raw.Bytes);
    }

    /// <summary>Asks STATS, whose reply has several lines. Nothing that lets a content pass may follow from it.</summary>
    /// <returns>The reply, whatever it is.</returns>
    /// <exception cref="ClamdException">No connection, or no reply.</exception>
    public async Task<string> AskLinesAsync(ReadOnlyMemory<byte> command, CancellationToken cancellationToken) =>
        Encoding.Latin1.GetString((await AskRawAsync(command, cancellationToken).ConfigureAwait(false)).Bytes);

    /// <summary>Opens a session: see <see cref="ClamdSession"/>.</summary>
    /// <exception cref="ClamdException">No connection.</exception>
    public Task<ClamdSession> OpenAsync(int generation, CancellationToken cancellationToken) =>
        ClamdSession.OpenAsync(endpoint, generation, options, time, cancellationToken);

    private async Task<RawReply> AskRawAsync(ReadOnlyMemory<byte> command, CancellationToken cancellationToken)
    {
        using var connection = await ClamdConnection.OpenAsync(
            endpoint, options.ConnectTimeout, time, cancellationToken).ConfigureAwait(false);
        await connection.SendAsync(command, options.SendTimeout, cancellationToken).ConfigureAwait(false);
        return await connection.ReceiveAsync(cancellationToken).ConfigureAwait(false);
    }
}
