using System.Text;
using System.Text.Json;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Store;

/// <summary>Entries to and from the bytes that are stored. What cannot be believed word for word reads as nothing.</summary>
internal static class EntryFormat
{
    /// <summary>
    /// The longest entry, in bytes: the largest head that MaxHeaderBytes may let in, 1 MiB, each byte of which takes up to six in JSON.
    /// Package hosts' entries have 1 to 3 KiB. A longer one is not kept.
    /// </summary>
    public const int MaxBytes = (6 << 20) + (16 << 10);

    private const string TokenMarks = "!#$%&'*+-.^_`|~";

    /// <returns>Null for what would not be believed when read again.</returns>
    public static byte[]? Write(string key, StoredEntry entry)
    {
        if (!IsCoherent(entry))
        {
            return null;
        }

        var value = new EntryValue
        {
            Key = key,
            Sha256 = entry.Sha256,
            Size = entry.Length,
            StoredAt = entry.StoredAt,
            ConfirmedAt = entry.ConfirmedAt,
            Status = entry.Head.Status,
            Reason = entry.Head.ReasonPhrase,
            RedirectedTo = entry.Head.RedirectedTo,
            Decoded = entry.Head.Decoded is { } decoded ? ValueOf(decoded) : null,
            Headers = [.. entry.Head.Headers.SelectMany(header => new[] { header.Key, header.Value })],
        };
        var bytes = JsonSerializer.SerializeToUtf8Bytes(value, StoreJson.Default.EntryValue);
        return bytes.Length <= MaxBytes ? bytes : null;
    }

    public static StoredEntry? Read(string key, byte[] bytes)
    {
        if (
            Parse(bytes) is not
            {
                Sha256: { } sha256,
                Size: { } size,
                StoredAt: { } storedAt,
                Status: { } status,
                Headers: { } fields,
            } value
            || value.Key != key
            || fields.Length % 2 != 0
            || fields.Contains(null))
        {
            return null;
        }

        var headers = new KeyValuePair<string, string>[fields.Length / 2];
        for (var i = 0; i < headers.Length; i++)
        {
            headers[i] = new(fields[2 * i]!, fields[(2 * i) + 1]!);
        }

        var decoded = value.Decoded is { } coded ? DecodedOf(coded) : null;
        if (decoded is null && value.Decoded is not null)
        {
            return null;
        }

        var head = new StoredHead(status, value.Reason, headers) { RedirectedTo = value.RedirectedTo, Decoded = decoded };
        var entry = new StoredEntry(sha256, size, head, storedAt) { ConfirmedAt = value.ConfirmedAt };
        return IsCoherent(entry) ? entry : null;
    }

    // It is sent as a head again: what could end a line, or hand one client's cookie to another, is believed from nobody.
    private static bool IsCoherent(StoredEntry entry) =>
        Sha256Text.IsValid(entry.Sha256)
        && entry.Length >= 0
        && entry.Head.Status is >= 200 and <= 599
        && IsText(entry.Head.ReasonPhrase ?? "")
        && IsText(entry.Head.RedirectedTo ?? "")
        && (entry.Head.Decoded is null or { Length: >= 0, Verdict.Verdict: Verdict.Clean })
        && entry.Head.Headers.All(header => IsToken(header.Key) && IsText(header.Value) && !IsCookie(header.Key));

    private static DecodedValue ValueOf(DecodedContent decoded)
    {
        var sha256 = decoded.Verdict.Sha256;
        return new DecodedValue
        {
            Sha256 = sha256,
            Size = decoded.Length,
            Verdict = Encoding.UTF8.GetString(VerdictFormat.Write(ContentKey.For(sha256), decoded.Verdict)),
        };
    }

    private static DecodedContent? DecodedOf(DecodedValue value) =>
        value is { Sha256: { } sha256, Size: { } size, Verdict: { } text }
        && Sha256Text.IsValid(sha256)
        && VerdictFormat.ReadContent(ContentKey.For(sha256), Encoding.UTF8.GetBytes(text)) is { } verdict
            ? new DecodedContent(verdict, size)
            : null;

    private static bool IsToken(string name) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || TokenMarks.Contains(c, StringComparison.Ordinal));

    // What may be delivered: bytes that are not ASCII come as Latin-1 characters, those from 0x80 to 0x9F among them (UTF-8 has such).
    private static bool IsText(string text) => text.All(c => c is '\t' or (>= ' ' and not '\x7F') && !char.IsSurrogate(c));

    private static bool IsCookie(string name) => name.StartsWith("Set-Cookie", StringComparison.OrdinalIgnoreCase);

    private static EntryValue? Parse(byte[] bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, StoreJson.Default.EntryValue);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
