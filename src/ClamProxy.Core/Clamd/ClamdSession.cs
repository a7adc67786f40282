using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Clamd;

/// <summary>
/// A connection that clamd keeps open (IDSESSION in clamd(8)): one command at a time, and every reply carries its command's number. One
/// process answers all of it, whatever happens to the address meanwhile, so what a test showed of that process holds for every scan on the
/// same connection and for no other. Its faults are <see cref="ClamdException"/>s; what the content's own stream throws passes through.
/// </summary>
internal sealed class ClamdSession : IDisposable
{
    /// <summary>clamd ends a session in which nothing arrives for its ReadTimeout (2 min by default), even while it scans, unless END was
    /// sent: a scan that takes longer than this is the session's last.</summary>
    private static readonly TimeSpan LongScan = TimeSpan.FromSeconds(5);

    private static readonly byte[] Begin = [.. "zIDSESSION\0"u8];
    private static readonly byte[] Ping = [.. "zPING\0"u8];
    private static readonly byte[] End = [.. "zEND\0"u8];

    private readonly ClamdConnection _connection;
    private readonly ClamdOptions _options;
    private readonly TimeProvider _time;
    private uint _commands;
    private bool _isInStep = true;
    private bool _hasEnded;

    private ClamdSession(ClamdConnection connection, ClamdOptions options, TimeProvider time)
    {
        _connection = connection;
        _options = options;
        _time = time;
        UsedAt = time.GetTimestamp();
        WorkedAt = UsedAt;
    }

    /// <summary>What the process reported before its test; null where it does not say.</summary>
    public ScannerVersion? Version { get; set; }

    /// <summary>What its test showed of the process; null until it has passed.</summary>
    public ScannerLimits? Limits { get; set; }

    /// <summary>The process was shown to read the descriptors that it is passed.</summary>
    public bool ReadsDescriptors { get; set; }

    /// <summary>Which generation of tests it belongs to: <see cref="TestedSessions"/> takes none of an older one.</summary>
    public int Generation { get; init; }

    /// <summary>When its last scan, or the last content of its test, was sent.</summary>
    public long WorkedAt { get; private set; }

    /// <summary>When the last whole exchange ended.</summary>
    public long UsedAt { get; private set; }

    /// <summary>
    /// Another command may follow: the last exchange was whole and nothing has arrived since, the connection's end included.
    /// </summary>
    public bool IsUsable => _isInStep && !_hasEnded && _connection.IsQuiet;

    /// <exception cref="ClamdException">Refused, or no connection inside the time-out.</exception>
    public static async Task<ClamdSession> OpenAsync(
        ClamdEndpoint endpoint, int generation, ClamdOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var connection = await ClamdConnection.OpenAsync(endpoint, options.ConnectTimeout, time, cancellationToken).ConfigureAwait(false);
        try
        {
            await connection.SendAsync(Begin, options.SendTimeout, cancellationToken).ConfigureAwait(false);
            return new ClamdSession(connection, options, time) { Generation = generation };
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Asks PING or VERSION.</summary>
    /// <returns>The reply without its number and its end.</returns>
    public async Task<string> AskAsync(ReadOnlyMemory<byte> command, CancellationToken cancellationToken)
    {
        _isInStep = false;
        _commands++;
        await _connection.SendAsync(command, _options.SendTimeout, cancellationToken).ConfigureAwait(false);
        var raw = await _connection.ReceiveReplyAsync(cancellationToken).ConfigureAwait(false);
        var reply = ClamdReply.Unframe(Unnumbered(raw.Bytes)) ?? throw ClamdReply.Missing(raw.Bytes);
        SetInStep();
        return reply;
    }

    /// <summary>Asks PING: the process lives, and nothing else was on its way.</summary>
    public async Task PingAsync(CancellationToken cancellationToken)
    {
        var pong = await AskAsync(Ping, cancellationToken).ConfigureAwait(false);
        if (pong is not "PONG")
        {
            throw new ClamdException(ScannerFault.Protocol, "its reply is followed by something else");
        }
    }

    /// <summary>Scans a content by INSTREAM. <paramref name="abandon"/> takes this session over when nobody waits any more for a scan that
    /// has begun: clamd scans on, and only its reply says when it is done.</summary>
    public async Task<ClamdReply> StreamAsync(ScanSource source, Action<ClamdSession> abandon, CancellationToken cancellationToken)
    {
        var content = source.OpenStream();
        await using var _ = content.ConfigureAwait(false);
        return await ConverseAsync(ScanCommand.Instream, SendAsync, abandon, cancellationToken).ConfigureAwait(false);

        Task SendAsync() =>
            InstreamSender.SendAsync(_connection, content, source.Length, _options.ChunkSize, _options.SendTimeout, cancellationToken);
    }

    /// <summary>Scans a file by FILDES: it is open for reading, and clamd gets a descriptor of its own.</summary>
    public Task<ClamdReply> PassAsync(SafeFileHandle file, Action<ClamdSession> abandon, CancellationToken cancellationToken)
    {
        return ConverseAsync(ScanCommand.Fildes, SendAsync, abandon, cancellationToken);

        async Task SendAsync()
        {
            await _connection.SendAsync("zFILDES\0"u8.ToArray(), _options.SendTimeout, cancellationToken).ConfigureAwait(false);
            await _connection.SendAsync(file, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads an abandoned scan's reply to the connection's end.</summary>
    /// <exception cref="ClamdException">The connection broke.</exception>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        await EndAsync(cancellationToken).ConfigureAwait(false);
        await _connection.ReceiveAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _connection.Dispose();

    private async Task<ClamdReply> ConverseAsync(
        ScanCommand command, Func<Task> send, Action<ClamdSession> abandon, CancellationToken cancellationToken)
    {
        _isInStep = false;
        _commands++;
        WorkedAt = _time.GetTimestamp();
        var isScanning = false;
        try
        {
            var wasCut = !await TrySendAsync(send).ConfigureAwait(false);
            isScanning = true;
            var reply = Judge(await ReceiveAsync(cancellationToken).ConfigureAwait(false), command, wasCut);
            // Only a PONG behind it, or the connection's end, shows that nothing else followed.
            if (reply.Kind is ReplyKind.Clean && !_hasEnded)
            {
                await PingAsync(cancellationToken).ConfigureAwait(false);
            }

            if (reply.Kind is ReplyKind.Clean or ReplyKind.Found)
            {
                SetInStep();
            }

            return reply;
        }
        catch (OperationCanceledException) when (isScanning)
        {
            abandon(this);
            throw;
        }
    }

    private async Task<RawReply> ReceiveAsync(CancellationToken cancellationToken)
    {
        var reading = _connection.ReceiveReplyAsync(cancellationToken);
        // The contents of a test are over soon, or CanaryTimeout is, and others follow on this session.
        if (Limits is null)
        {
            return await reading.ConfigureAwait(false);
        }

        try
        {
            return await reading.WaitAsync(LongScan, _time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await EndAsync(cancellationToken).ConfigureAwait(false);
        }

        var reply = await reading.ConfigureAwait(false);
        var rest = await _connection.ReceiveAsync(cancellationToken).ConfigureAwait(false);
        return new RawReply([.. reply.Bytes, .. rest.Bytes], reply.IsOrderly && rest.IsOrderly);
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        if (_hasEnded)
        {
            return;
        }

        _hasEnded = true;
        await TrySendAsync(() => _connection.SendAsync(End, _options.SendTimeout, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>False when clamd closed while we wrote: it has said why, or is gone; the reply tells.</summary>
    private static async Task<bool> TrySendAsync(Func<Task> send)
    {
        try
        {
            await send().ConfigureAwait(false);
            return true;
        }
        catch (ClamdException cut) when (cut.Fault is ScannerFault.Cut)
        {
            return false;
        }
    }

    private ClamdReply Judge(RawReply raw, ScanCommand command, bool wasCut)
    {
        var reply = ClamdReply.Parse(Unnumbered(raw.Bytes), command);
        if (reply.Kind is ReplyKind.None)
        {
            throw ClamdReply.Missing(raw.Bytes);
        }

        // Nobody can have looked at a content that was not taken whole.
        if (reply.Kind is ReplyKind.Clean && (wasCut || !raw.IsOrderly))
        {
            throw new ClamdException(ScannerFault.Cut, "it said OK on a broken connection");
        }
        return reply;
    }

    /// <summary>Takes this command's number off. A reply with another number is none of this command's; without one it can only say that
    /// clamd has given up reading.</summary>
    private ReadOnlySpan<byte> Unnumbered(ReadOnlySpan<byte> bytes)
    {
        var number = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{_commands}: "));
        if (bytes.StartsWith(number))
        {
            return bytes[number.Length..];
        }

        return ClamdReply.Parse(bytes, ScanCommand.None).Kind is ReplyKind.ReadTimedOut ? bytes : default;
    }

    private void SetInStep()
    {
        _isInStep = true;
        UsedAt = _time.GetTimestamp();
    }
}
