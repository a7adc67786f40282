using System.Buffers;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace ClamProxy.Core.Requests;

/// <summary>
/// By what one request is found again: in log lines, problems, its answer and at upstream. It is the client's X-Request-ID, or else the
/// W3C trace id. It selects nothing and shares nothing.
/// </summary>
public static class RequestId
{
    public const string Field = "X-Request-ID";

    /// <summary>Room for what load balancers and clients send: a UUID has 36 characters, a URN or two ids together less than 128.</summary>
    public const int MostCharacters = 128;

    private const int TraceDigits = 32;

    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789abcdef");

    private static readonly SearchValues<char> s_characters =
        SearchValues.Create("-._~+/=:@0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private static readonly AsyncLocal<string?> s_current = new();

    /// <summary>
    /// That of the request that is being answered here. Work that outlives its request (a flight, a scan) has that of the request that
    /// began it. Null: there is none. As every <see cref="AsyncLocal{T}"/>, what an async method sets is gone when it returns.
    /// </summary>
    public static string? Current
    {
        get => s_current.Value;
        set => s_current.Value = value;
    }

    /// <summary>The id of a request that begins.</summary>
    /// <param name="given">The client's X-Request-ID; null: it sent none, or several.</param>
    /// <param name="traceParent">The client's traceparent (W3C Trace Context §3.2); null: it sent none.</param>
    public static string Of(string? given, string? traceParent) =>
        IsValid(given) ? given! : (TraceOf(traceParent) ?? ActivityTraceId.CreateRandom()).ToHexString();

    /// <summary>Whether a text is taken as it is: it is short, and can stand in a log line or a field and means nothing there.</summary>
    public static bool IsValid(string? text) =>
        text is { Length: > 0 and <= MostCharacters } && !text.AsSpan().ContainsAnyExcept(s_characters);

    /// <summary>
    /// What upstream is told of an id: itself if it is 32 hexadecimal digits, as ours are, else the first 32 of its SHA-256. An upstream
    /// may write it into an answer that others share: none of them is to get what one client has chosen.
    /// </summary>
    public static string ForUpstream(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return id.Length == TraceDigits && !id.AsSpan().ContainsAnyExcept(s_digits)
            ? id
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(id)))[..TraceDigits];
    }

    private static ActivityTraceId? TraceOf(string? traceParent) =>
        Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.TraceId
        : ActivityContext.TryParse(traceParent, null, out var context) ? context.TraceId
        : null;
}
