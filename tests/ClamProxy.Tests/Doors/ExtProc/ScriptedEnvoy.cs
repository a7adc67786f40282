using System.Globalization;
using System.Text;
using System.Text.Json;
using ClamProxy.Doors.ExtProc.Wire;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace ClamProxy.Tests.Doors.ExtProc;

/// <summary>
/// One stream as Envoy opens it for one HTTP transaction: a test says message by message what Envoy says, and hears what it is answered.
/// </summary>
internal sealed class ScriptedEnvoy : IDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static readonly Method<ProcessingRequest, ProcessingResponse> Process = new(
        MethodType.DuplexStreaming,
        "envoy.service.ext_proc.v3.ExternalProcessor",
        "Process",
        Marshallers.Create(message => message.ToByteArray(), ProcessingRequest.Parser.ParseFrom),
        Marshallers.Create(message => message.ToByteArray(), ProcessingResponse.Parser.ParseFrom));

    private readonly AsyncDuplexStreamingCall<ProcessingRequest, ProcessingResponse> _call;
    private ProtocolConfiguration? _config;

    public ScriptedEnvoy(ChannelBase channel, ProtocolConfiguration? config, CancellationToken leaving = default)
        : this(channel, config, new Metadata(), leaving)
    {
    }

    /// <param name="metadata">Of the stream, such as its place in a trace.</param>
    public ScriptedEnvoy(ChannelBase channel, ProtocolConfiguration? config, Metadata metadata, CancellationToken leaving)
    {
        _config = config;
        _call = channel.CreateCallInvoker().AsyncDuplexStreamingCall(Process, null, new CallOptions(metadata, cancellationToken: leaving));
    }

    /// <summary>A channel to a door, over as many connections as its streams need.</summary>
    public static GrpcChannel Channel(string address) => GrpcChannel.ForAddress(address, new()
    {
        HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true },
        DisposeHttpClient = true,
        MaxReceiveMessageSize = null,
        MaxSendMessageSize = null,
    });

    public static ProtocolConfiguration Modes(BodySendMode request, BodySendMode response) =>
        new() { RequestBodyMode = request, ResponseBodyMode = response };

    public static HttpHeaders Head(bool isEnd, params (string Name, string Value)[] fields)
    {
        var headers = new HttpHeaders { EndOfStream = isEnd, Headers = new HeaderMap() };
        headers.Headers.Headers.Add(fields.Select(field => new HeaderValue
        {
            Key = field.Name,
            RawValue = ByteString.CopyFrom(field.Value, Encoding.Latin1),
        }));
        return headers;
    }

    public Task SayAsync(ProcessingRequest message)
    {
        if (_config is { } config)
        {
            (message.ProtocolConfig, _config) = (config, null);
        }

        return _call.RequestStream.WriteAsync(message).WaitAsync(Limit);
    }

    public Task SayRequestHeadAsync(string url, bool isEnd = true, string method = "GET", params (string Name, string Value)[] fields)
    {
        var target = new UriBuilder(url).Uri;
        return SayAsync(new ProcessingRequest
        {
            RequestHeaders = Head(
                isEnd,
                [
                    (":method", method),
                    (":scheme", target.Scheme),
                    (":authority", target.Authority),
                    (":path", target.PathAndQuery),
                    .. fields,
                ]),
        });
    }

    public Task SayResponseHeadAsync(bool isEnd = false, int status = 200, params (string Name, string Value)[] fields) =>
        SayAsync(new ProcessingRequest
        {
            ResponseHeaders = Head(isEnd, [(":status", status.ToString(CultureInfo.InvariantCulture)), .. fields]),
        });

    public Task SayRequestBodyAsync(ReadOnlyMemory<byte> bytes, bool isEnd) =>
        SayAsync(new ProcessingRequest { RequestBody = Body(bytes, isEnd) });

    public Task SayResponseBodyAsync(ReadOnlyMemory<byte> bytes, bool isEnd) =>
        SayAsync(new ProcessingRequest { ResponseBody = Body(bytes, isEnd) });

    public Task SayRequestTrailersAsync() =>
        SayAsync(new ProcessingRequest { RequestTrailers = new HttpTrailers { Trailers = new HeaderMap() } });

    public Task SayResponseTrailersAsync() =>
        SayAsync(new ProcessingRequest { ResponseTrailers = new HttpTrailers { Trailers = new HeaderMap() } });

    /// <summary>Envoy closes its side in order.</summary>
    public Task CloseAsync() => _call.RequestStream.CompleteAsync().WaitAsync(Limit);

    /// <summary>The next answer; null: the stream has ended with OK.</summary>
    /// <exception cref="RpcException">It has ended with an error.</exception>
    public async Task<ProcessingResponse?> HearAsync() =>
        await _call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Limit) ? _call.ResponseStream.Current : null;

    /// <summary>The next answer, which is an immediate response. Envoy closes its side then.</summary>
    public async Task<ImmediateResponse> HearImmediateAsync()
    {
        var answer = await HearAsync(ProcessingResponse.ResponseOneofCase.ImmediateResponse);
        await CloseAsync();
        return answer.ImmediateResponse;
    }

    /// <summary>The next answer, which is of this kind. One that asks for time is none.</summary>
    public async Task<ProcessingResponse> HearAsync(ProcessingResponse.ResponseOneofCase kind)
    {
        var answer = await HearAsync();
        while (kind != ProcessingResponse.ResponseOneofCase.None && answer?.OverrideMessageTimeout is not null)
        {
            answer = await HearAsync();
        }

        Assert.Equal(kind, answer?.ResponseCase);
        return answer!;
    }

    /// <summary>The pieces of a body that comes back in full duplex, up to the last one.</summary>
    /// <param name="hasTrailers">Whether trailers end it, and not its last piece.</param>
    public async Task<byte[]> HearBodyAsync(bool hasTrailers = false)
    {
        using var body = new MemoryStream();
        while (await HearAsync() is { } answer)
        {
            if (hasTrailers && answer.ResponseCase
                is ProcessingResponse.ResponseOneofCase.ResponseTrailers or ProcessingResponse.ResponseOneofCase.RequestTrailers)
            {
                return body.ToArray();
            }

            var piece = (answer.ResponseBody ?? answer.RequestBody)?.Response.BodyMutation.StreamedResponse;
            Assert.NotNull(piece);
            Assert.True(piece.Body.Length <= 64 << 10, $"a piece of {piece.Body.Length} bytes");
            body.Write(piece.Body.Span);
            if (piece.EndOfStream)
            {
                Assert.False(hasTrailers);
                return body.ToArray();
            }
        }

        Assert.Fail("the stream ended before the body did");
        return [];
    }

    /// <summary>
    /// The bodies of both directions in full duplex, each behind its head. Each is answered on its own: their pieces may come in turn.
    /// </summary>
    public async Task<(byte[] Request, byte[] Response)> HearBothBodiesAsync()
    {
        using var request = new MemoryStream();
        using var response = new MemoryStream();
        var heads = new HashSet<bool>();
        for (var ended = 0; ended < 2;)
        {
            var answer = await HearAsync();
            Assert.NotNull(answer);
            var isRequest = answer.RequestHeaders is not null || answer.RequestBody is not null;
            if ((answer.RequestBody ?? answer.ResponseBody)?.Response.BodyMutation.StreamedResponse is { } piece)
            {
                Assert.Contains(isRequest, heads);
                (isRequest ? request : response).Write(piece.Body.Span);
                ended += piece.EndOfStream ? 1 : 0;
            }
            else if (answer.OverrideMessageTimeout is null)
            {
                Assert.True(answer.RequestHeaders is not null || answer.ResponseHeaders is not null, $"{answer.ResponseCase}");
                Assert.True(heads.Add(isRequest));
            }
        }

        return (request.ToArray(), response.ToArray());
    }

    /// <summary>How the stream ended, once all its answers were heard.</summary>
    public async Task<StatusCode> EndAsync()
    {
        try
        {
            while (await HearAsync() is not null)
            {
            }

            return StatusCode.OK;
        }
        catch (RpcException e)
        {
            return e.StatusCode;
        }
    }

    /// <summary>The last part of a problem's type.</summary>
    public static string KindOf(ImmediateResponse immediate) =>
        JsonSerializer.Deserialize<JsonElement>(immediate.Body.Span).GetProperty("type").GetString()!["urn:clamproxy:problem:".Length..];

    public void Dispose() => _call.Dispose();

    private static HttpBody Body(ReadOnlyMemory<byte> bytes, bool isEnd) =>
        new() { Body = UnsafeByteOperations.UnsafeWrap(bytes), EndOfStream = isEnd };
}
