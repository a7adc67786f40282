using System.Buffers.Binary;
using System.Text;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Overview;

/// <summary>Decisions as the bytes that <see cref="ByteRing"/> keeps: about 200 each. Longer texts are cut.</summary>
internal static class DecisionBytes
{
    /// <summary>More than any decision takes.</summary>
    public const int Most = 4096;

    private const int LongestUrl = 1000;
    private const int LongestText = 200;
    private const ushort NoText = ushort.MaxValue;

    /// <param name="number">Which one it is.</param>
    /// <param name="into">At least <see cref="Most"/> bytes.</param>
    /// <returns>How many it took.</returns>
    public static int Write(Decision decision, long number, Span<byte> into)
    {
        var left = into;
        Put(ref left, number);
        Put(ref left, decision.At.UtcTicks);
        Put(ref left, decision.Bytes);
        Put(ref left, decision.Total.Ticks);
        Put(ref left, decision.Fetch.Ticks);
        Put(ref left, decision.Scan.Ticks);
        Put(ref left, decision.Status);
        Put(ref left, (int)decision.Verdict);
        Put(ref left, decision.Url, LongestUrl);
        foreach (var text in new ReadOnlySpan<string?>([
            decision.Door, decision.RequestId, decision.Client, decision.User, decision.Method, decision.Outcome, decision.Finding,
            decision.Sha256]))
        {
            Put(ref left, text, LongestText);
        }

        return into.Length - left.Length;
    }

    public static Decision Read(ReadOnlySpan<byte> entry)
    {
        var number = TakeLong(ref entry);
        var at = new DateTimeOffset(TakeLong(ref entry), TimeSpan.Zero);
        var (bytes, total, fetch, scan) = (TakeLong(ref entry), TakeLong(ref entry), TakeLong(ref entry), TakeLong(ref entry));
        var (status, verdict) = (TakeInt(ref entry), TakeInt(ref entry));
        var (url, door, requestId) = (TakeText(ref entry), TakeText(ref entry), TakeText(ref entry));
        return new Decision(at, door ?? "", requestId ?? "", url ?? "")
        {
            Number = number,
            Bytes = bytes,
            Total = TimeSpan.FromTicks(total),
            Fetch = TimeSpan.FromTicks(fetch),
            Scan = TimeSpan.FromTicks(scan),
            Status = status,
            Verdict = (Verdict)verdict,
            Client = TakeText(ref entry),
            User = TakeText(ref entry),
            Method = TakeText(ref entry) ?? "",
            Outcome = TakeText(ref entry),
            Finding = TakeText(ref entry),
            Sha256 = TakeText(ref entry),
        };
    }

    private static void Put(ref Span<byte> left, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(left, value);
        left = left[sizeof(long)..];
    }

    private static void Put(ref Span<byte> left, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(left, value);
        left = left[sizeof(int)..];
    }

    private static void Put(ref Span<byte> left, string? text, int most)
    {
        var length = NoText;
        if (text is not null)
        {
            // A character that is cut in two, or does not fit, is left out.
            System.Text.Unicode.Utf8.FromUtf16(text, left.Slice(sizeof(ushort), most), out _, out var written);
            length = (ushort)written;
        }

        BinaryPrimitives.WriteUInt16LittleEndian(left, length);
        left = left[(sizeof(ushort) + (length == NoText ? 0 : length))..];
    }

    private static long TakeLong(ref ReadOnlySpan<byte> left)
    {
        var value = BinaryPrimitives.ReadInt64LittleEndian(left);
        left = left[sizeof(long)..];
        return value;
    }

    private static int TakeInt(ref ReadOnlySpan<byte> left)
    {
        var value = BinaryPrimitives.ReadInt32LittleEndian(left);
        left = left[sizeof(int)..];
        return value;
    }

    private static string? TakeText(ref ReadOnlySpan<byte> left)
    {
        var length = BinaryPrimitives.ReadUInt16LittleEndian(left);
        left = left[sizeof(ushort)..];
        if (length == NoText)
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(left[..length]);
        left = left[length..];
        return text;
    }
}
