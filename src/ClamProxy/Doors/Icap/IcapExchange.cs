using System.IO.Pipelines;
using System.Net;
using ClamProxy.Doors.Icap.Protocol;
using ClamProxy.Tracking;
using Microsoft.AspNetCore.Connections;

namespace ClamProxy.Doors.Icap;

/// <summary>One connection, and the request on it that is being answered.</summary>
/// <param name="connection">The connection.</param>
/// <param name="input">What it brings.</param>
/// <param name="output">What it gets.</param>
/// <param name="client">Whose share messages count in that name no client; null: nobody's in particular.</param>
/// <param name="clock">For waits.</param>
internal sealed class IcapExchange(ConnectionContext connection, IcapInput input, IcapOutput output, string? client, TimeProvider clock)
{
    private readonly PipeReader _pipe = connection.Transport.Input;

    public IcapInput Input => input;

    public IcapOutput Output => output;

    /// <summary>Cancelled when the connection is gone.</summary>
    public CancellationToken Gone => connection.ConnectionClosed;

    /// <summary>The proxy at the other end, for logs.</summary>
    public string? Peer => connection.RemoteEndPoint is IPEndPoint { Address: var address } ? address.ToString() : null;

    /// <summary>The body of the request's message; null: it has none, or none yet.</summary>
    public IcapBody? Body { get; private set; }

    /// <summary>What is known of the request.</summary>
    public RequestTrack Track { get; set; } = null!;

    /// <summary>Ends where the client has stopped inside the body, and needs the head of its answer at once.</summary>
    public Task Stalled { get; private set; } = Task.CompletedTask;

    /// <summary>The request was not read to its end.</summary>
    public bool IsRejected { get; set; }

    /// <summary>The next request has nothing of the one before.</summary>
    public void Reset()
    {
        Body = null;
        output.Reset();
    }

    /// <summary>The request's heads were read.</summary>
    /// <param name="stallTimeout">After how long a client that stops where squid does gets the head of its answer.</param>
    /// <param name="isTrickled">That is left to the trickle, which waits for <see cref="Stalled"/>: only one of two writes.</param>
    public void Begin(IcapRequest request, TimeSpan stallTimeout, bool isTrickled)
    {
        var stalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Stalled = stalled.Task;
        Body = request.Parts.Body is null
            ? null
            : new IcapBody(
                new ChunkedReader(_pipe),
                request.Head.Preview,
                output.ContinueAsync,
                request.BearsEarlyHead ? new SquidStall(stallTimeout, BeginAnswerAsync, clock) : null);

        ValueTask BeginAnswerAsync()
        {
            stalled.TrySetResult();
            return isTrickled ? default : output.BeginEchoAsync(request);
        }
    }

    /// <summary>Ends the connection inside an answer, so that the client takes what it got for torn.</summary>
    public void Cut()
    {
        output.Closes = true;
        connection.Abort(new ConnectionAbortedException("The message does not pass, and its head was sent before."));
    }

    /// <summary>Who the message is from or for: whom the proxy names, else the proxy itself.</summary>
    public string? ClientOf(IcapHead head) =>
        head.First("X-Client-IP") is { Length: > 0 } named && IPAddress.TryParse(named, out var address) ? address.ToString() : client;

    /// <summary>
    /// Before an answer that comes early: a preview is read to its end, so that the connection can go on; of a body without one the rest
    /// may still be coming, so that the connection ends.
    /// </summary>
    /// <param name="limit">The longest wait for the preview's end; zero: it is not waited for.</param>
    public async Task EndBodyAsync(TimeSpan limit)
    {
        if (Body is not { MayGoOn: true } body)
        {
            return;
        }

        if (!body.IsInPreview || limit == TimeSpan.Zero || !await TryPassAsync(body.PassAsync, limit))
        {
            output.Closes = true;
        }
    }

    /// <summary>
    /// After the last answer: drops what the client still sends, for a while, since closing at once could take the answer from it.
    /// </summary>
    public async Task LingerAsync(TimeSpan limit)
    {
        if (limit > TimeSpan.Zero && (Body is { MayGoOn: true } || IsRejected))
        {
            await TryPassAsync(input.PassAllAsync, limit);
        }
    }

    private async Task<bool> TryPassAsync(Func<CancellationToken, Task> pass, TimeSpan limit)
    {
        using var late = new CancellationTokenSource(limit, clock);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(Gone, late.Token);
        try
        {
            await pass(any.Token);
            return true;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or InvalidDataException)
        {
            return false;
        }
    }
}
