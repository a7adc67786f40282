using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Clamd;

/// <summary>Speaks to one clamd. Its faults are <see cref="ClamdException"/>s; what the content's own stream throws passes
/// through.</summary>
internal sealed class ClamdClient(ClamdEndpoint endpoint, ClamdOptions options, TimeProvider time)
{
    public ClamdEndpoint Endpoint => endpoint;

    /// <summary>Asks PING or VERSION.</summary>
    /// <returns>The reply without its end.</returns>
    public async Task<string> AskAsync(ReadOnlyMemory<byte> command, CancellationToken cancellationToken)
    {
        using var connection = await ClamdConnection.OpenAsync(endpoint, options.ConnectTimeout, time, cancellationToken);
        await connection.SendAsync(command, options.SendTimeout, cancellationToken);
        var raw = await connection.ReceiveAsync(cancellationToken);
        return ClamdReply.Unframe(raw.Bytes) ?? throw NoReply(raw.Bytes);
    }

    /// <summary>Scans a content by INSTREAM.</summary>
    public async Task<ClamdReply> StreamAsync(ScanSource source, Action<ClamdConnection> abandon, CancellationToken cancellationToken)
    {
        await using var content = source.OpenStream();
        return await ConverseAsync(ScanCommand.Instream, SendAsync, abandon, cancellationToken);

        Task SendAsync(ClamdConnection connection) =>
            InstreamSender.SendAsync(connection, content, source.Length, options.ChunkSize, options.SendTimeout, cancellationToken);
    }

    /// <summary>Scans a file by FILDES: it is open for reading, and clamd gets a descriptor of its own.</summary>
    public Task<ClamdReply> PassAsync(SafeFileHandle file, Action<ClamdConnection> abandon, CancellationToken cancellationToken)
    {
        return ConverseAsync(ScanCommand.Fildes, SendAsync, abandon, cancellationToken);

        async Task SendAsync(ClamdConnection connection)
        {
            await connection.SendAsync("zFILDES\0"u8.ToArray(), options.SendTimeout, cancellationToken);
            await connection.SendAsync(file, cancellationToken);
        }
    }

    /// <summary>One conversation. <paramref name="abandon"/> takes over a connection whose scan has begun when nobody waits for it any
    /// more: clamd scans on, and only its reply says when it is done.</summary>
    private async Task<ClamdReply> ConverseAsync(
        ScanCommand command, Func<ClamdConnection, Task> send, Action<ClamdConnection> abandon, CancellationToken cancellationToken)
    {
        var connection = await ClamdConnection.OpenAsync(endpoint, options.ConnectTimeout, time, cancellationToken);
        var isScanning = false;
        var isAbandoned = false;
        try
        {
            var wasCut = !await TrySendAsync(connection, send);
            isScanning = true;
            return Judge(await connection.ReceiveAsync(cancellationToken), command, wasCut);
        }
        catch (OperationCanceledException) when (isScanning)
        {
            isAbandoned = true;
            abandon(connection);
            throw;
        }
        finally
        {
            if (!isAbandoned) connection.Dispose();
        }
    }

    /// <summary>False when clamd closed while we wrote: it has said why, or is gone; the reply tells.</summary>
    private static async Task<bool> TrySendAsync(ClamdConnection connection, Func<ClamdConnection, Task> send)
    {
        try
        {
            await send(connection);
            return true;
        }
        catch (ClamdException cut) when (cut.Fault is ScannerFault.Cut)
        {
            return false;
        }
    }

    private static ClamdReply Judge(RawReply raw, ScanCommand command, bool wasCut)
    {
        if (raw.Bytes.Length == 0) throw new ClamdException(ScannerFault.Cut, "it closed the connection without a reply");
        var reply = ClamdReply.Parse(raw.Bytes, command);
        if (reply.Kind is ReplyKind.None) throw NoReply(raw.Bytes);
        // Nobody can have looked at a content that was not taken whole.
        if (reply.Kind is ReplyKind.Clean && (wasCut || !raw.IsOrderly))
        {
            throw new ClamdException(ScannerFault.Cut, "it said OK on a broken connection");
        }
        return reply;
    }

    private static ClamdException NoReply(ReadOnlySpan<byte> bytes) => bytes.IsEmpty
        ? new ClamdException(ScannerFault.Cut, "it closed the connection without a reply")
        : new ClamdException(ScannerFault.Protocol, $"its reply is not one of clamd's: \"{ClamdReply.Printable(bytes)}\"");
}
