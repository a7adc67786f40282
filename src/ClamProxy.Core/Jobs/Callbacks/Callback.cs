using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace ClamProxy.Core.Jobs.Callbacks;

/// <summary>Somebody who wants to be told of a job's end.</summary>
/// <param name="Id">What receivers know it by (<c>webhook-id</c>): the same for each attempt.</param>
/// <param name="JobId">The job.</param>
/// <param name="Url">Whom to tell. It may hold secrets in its query: never logged.</param>
/// <param name="AddedAt">When it was asked for.</param>
public sealed record Callback(string Id, string JobId, string Url, DateTimeOffset AddedAt)
{
    public CallbackState State { get; init; }

    /// <summary>How often it was sent.</summary>
    public int Attempts { get; init; }

    /// <summary>When it was sent last; null: never.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>When it is sent next; null: as soon as its job ends, or never again.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>Why the last attempt failed, in one sentence; null: it did not.</summary>
    public string? Problem { get; init; }

    /// <summary>What it is known by among the callbacks of its job, which has one for each URL.</summary>
    [JsonIgnore]
    public string Key => KeyOf(Url);

    public static Callback New(string jobId, string url, DateTimeOffset now) => new($"msg_{Guid.CreateVersion7(now):N}", jobId, url, now);

    public static string KeyOf(string url) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url)).AsSpan(0, 16));
}
