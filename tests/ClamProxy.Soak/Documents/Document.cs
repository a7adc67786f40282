using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using ClamProxy.Soak.Worlds;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Documents;

/// <summary>An answer that changes, with everything that the origin ever answered.</summary>
/// <param name="id">Letters and digits.</param>
/// <param name="coding">The content coding in which the origin sends it to those who take it, or <c>identity</c>.</param>
/// <param name="size">Bytes of its text.</param>
internal sealed partial class Document(string id, DocumentKind kind, string coding, int size)
{
    /// <summary>How many versions have their bytes kept.</summary>
    private const int Kept = 6;

    private readonly Lock _gate = new();
    private readonly List<DocumentVersion> _versions = [new(0, DocumentState.Clean, Stopwatch.GetTimestamp())];
    private readonly ConcurrentDictionary<(int Number, string Language, string Form), Lazy<byte[]>> _bytes = [];

    public string Id => id;

    public DocumentKind Kind => kind;

    public string Coding => coding;

    public int Size => size;

    /// <summary>Where the origin has it.</summary>
    public string Path => $"/changing/{id}";

    /// <summary>Where clients ask for it.</summary>
    public string ClientPath => kind == DocumentKind.Rewritten ? $"{RouteSettings.Index}{Path}" : Path;

    public string CacheControl => kind switch
    {
        DocumentKind.Default => "max-age=1",
        DocumentKind.MustRevalidate or DocumentKind.Varying or DocumentKind.Rewritten => "max-age=1, must-revalidate",
        DocumentKind.NoCache => "no-cache",
        DocumentKind.Shared => "s-maxage=1, max-age=3600",
        DocumentKind.IfError => "max-age=1, stale-if-error=3",
        DocumentKind.WhileRevalidate => "max-age=1, stale-while-revalidate=2, stale-if-error=0",
        DocumentKind.Fresh => "max-age=3600",
        DocumentKind.Stale => "max-age=0, stale-if-error=3600",
    };

    /// <summary>For how long a version may be served once it is replaced, or the origin fails; null: for longer than any run.</summary>
    public TimeSpan? MayBeOld => kind switch
    {
        DocumentKind.Default or DocumentKind.Fresh or DocumentKind.Stale => null,
        DocumentKind.MustRevalidate or DocumentKind.Varying or DocumentKind.Rewritten or DocumentKind.Shared => TimeSpan.FromSeconds(1),
        DocumentKind.NoCache => TimeSpan.Zero,
        DocumentKind.IfError => TimeSpan.FromSeconds(4),
        DocumentKind.WhileRevalidate => TimeSpan.FromSeconds(3),
    };

    public DocumentVersion Now
    {
        get
        {
            lock (_gate)
            {
                return _versions[^1];
            }
        }
    }

    /// <summary>The tag of one that was delivered, for conditions.</summary>
    public string? LastTag { get; set; }

    /// <summary>The version that the storing process said to have kept, and when; null: none.</summary>
    public StoredVersion? Stored { get; set; }

    /// <summary>Makes another version the current one.</summary>
    public DocumentVersion Advance(DocumentState state)
    {
        lock (_gate)
        {
            var next = new DocumentVersion(_versions.Count, state, Stopwatch.GetTimestamp());
            _versions.Add(next);
            foreach (var old in _bytes.Keys.Where(key => key.Number < next.Number - Kept))
            {
                _bytes.TryRemove(old, out _);
            }

            return next;
        }
    }

    /// <summary>A version that the origin had or has; null: it never had that.</summary>
    public DocumentVersion? Find(int number)
    {
        lock (_gate)
        {
            return _versions.ElementAtOrDefault(number);
        }
    }

    /// <summary>When a version was replaced; null: it is the current one.</summary>
    public long? ReplacedAt(int number) => Find(number + 1)?.Since;

    /// <summary>Everything it was from a time stamp on.</summary>
    public IReadOnlyList<DocumentVersion> VersionsSince(long time)
    {
        lock (_gate)
        {
            var first = Math.Max(0, _versions.FindLastIndex(version => version.Since <= time));
            return _versions[first..];
        }
    }

    /// <summary>Its text before any coding.</summary>
    public byte[] Plain(DocumentVersion version, string language) =>
        Bytes(
            version,
            language,
            DocumentText.Identity,
            () => DocumentText.Plain(id, version.Number, language, size, version.State == DocumentState.Infected));

    public byte[] Rewritten(DocumentVersion version, string language) =>
        Bytes(version, language, "rewritten", () => DocumentText.Rewritten(Plain(version, language)));

    /// <summary>What the origin sends in a coding.</summary>
    public byte[] Sent(DocumentVersion version, string language, string form) =>
        form == DocumentText.Identity ? Plain(version, language)
        : version.State == DocumentState.TornCoding ? Bytes(version, language, "torn", () => Torn(Plain(version, language)))
        : Bytes(version, language, form, () => DocumentText.Coded(form, Plain(version, language)));

    /// <summary>The hash of its text.</summary>
    public string Sha256(DocumentVersion version) => Convert.ToHexStringLower(SHA256.HashData(Plain(version, "en")));

    /// <summary>The body of an error.</summary>
    public byte[] ErrorBody(DocumentVersion version) =>
    [
        .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"error {id} {version.Number} ")),
        .. version.State == DocumentState.InfectedError ? Eicar.Bytes : [],
    ];

    /// <summary>The version whose error a body tells of; null: none.</summary>
    public DocumentVersion? OfErrorBody(byte[] body) =>
        Encoding.ASCII.GetString(body).Split(' ') is ["error", var name, var number, ..]
        && name == id && int.TryParse(number, CultureInfo.InvariantCulture, out var parsed)
            ? Find(parsed)
            : null;

    public string Tag(DocumentVersion version, string language, string form) =>
        string.Create(CultureInfo.InvariantCulture, $"\"{id}.{version.Number}.{language}.{form}\"");

    /// <summary>What a tag says, as the origin gave it or as it becomes on the way; null: it is none of this document's.</summary>
    public (DocumentVersion Version, string Language, string Form)? OfTag(string? tag) =>
        tag is not null && TagForm().Match(tag) is { Success: true } match && match.Groups[1].Value == id
        && Find(int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture)) is { } version
            ? (version, match.Groups[3].Value, match.Groups[4].Value)
            : null;

    private static byte[] Torn(byte[] plain)
    {
        var coded = DocumentText.Coded("gzip", plain);
        coded.AsSpan(coded.Length / 2).Fill(0xFF);
        return coded;
    }

    private byte[] Bytes(DocumentVersion version, string language, string form, Func<byte[]> make) =>
        _bytes.GetOrAdd((version.Number, language, form), _ => new Lazy<byte[]>(make)).Value;

    [GeneratedRegex("""^(?:W/)?"(\w+)\.(\d+)\.(\w+)\.(\w+?)(?:-links-\w+)?"$""", RegexOptions.CultureInvariant)]
    private static partial Regex TagForm();
}
