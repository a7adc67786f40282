using System.Buffers.Binary;
using ClamProxy.Core.Archives.Zip;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Archives.Inspection;

/// <summary>Looks for what readers go by that do not go by a directory. Each byte is read once.</summary>
internal static class MarkSearch
{
    private const int BufferLength = 64 * 1024;
    private const int DescriptorLength = 24;
    private const uint CabinetMark = 0x4643534d;

    /// <summary>Whether a member's header begins in this part of a content, wherever it ends.</summary>
    public static Task<bool> HoldsMemberAsync(IContentReader content, long from, long to, CancellationToken cancellationToken) =>
        AnyAsync(content, from, to, ZipFormat.LocalMark, ZipFormat.LocalLength, IsMember, cancellationToken);

    /// <returns>Where the first of them begins that begins there or behind; null: none does.</returns>
    public static async Task<long?> NextMemberAsync(IContentReader content, long from, CancellationToken cancellationToken)
    {
        long? found = null;
        await AnyAsync(
            content,
            from,
            content.Length,
            ZipFormat.LocalMark,
            ZipFormat.LocalLength,
            (header, at) => IsMember(header, at) && (found = at) >= 0,
            cancellationToken).ConfigureAwait(false);
        return found;
    }

    /// <summary>Whether an entry of a directory begins there.</summary>
    public static Task<bool> HoldsEntryAsync(IContentReader content, long from, long to, CancellationToken cancellationToken) =>
        AnyAsync(content, from, to, ZipFormat.MemberMark, ZipFormat.MarkLength, (_, _) => true, cancellationToken);

    /// <summary>
    /// Whether a member that is not compressed ends before its end, for those who look for a descriptor that counts the bytes so far.
    /// </summary>
    public static Task<bool> HoldsItsEndAsync(IContentReader data, CancellationToken cancellationToken) =>
        AnyAsync(data, 0, data.Length, ZipFormat.DescriptorMark, DescriptorLength, IsItsEnd, cancellationToken);

    /// <summary>Whether a cabinet may begin in this part of a content.</summary>
    public static Task<bool> HoldsCabinetAsync(IContentReader content, long from, long to, CancellationToken cancellationToken) =>
        AnyAsync(content, from, to, CabinetMark, ZipFormat.MarkLength, (_, _) => true, cancellationToken);

    private static bool IsMember(ReadOnlySpan<byte> header, long at) =>
        ZipFormat.IsKnown(BinaryPrimitives.ReadUInt16LittleEndian(header[8..]));

    private static bool IsItsEnd(ReadOnlySpan<byte> descriptor, long at) =>
        BinaryPrimitives.ReadUInt32LittleEndian(descriptor[8..]) == (uint)at
            || BinaryPrimitives.ReadUInt64LittleEndian(descriptor[8..]) == (ulong)at;

    private delegate bool Match(ReadOnlySpan<byte> bytes, long at);

    /// <param name="length">The bytes that a match is judged by; what lies behind the content reads as zeros.</param>
    private static async Task<bool> AnyAsync(
        IContentReader content, long from, long to, uint mark, int length, Match match, CancellationToken cancellationToken)
    {
        if (to - from < ZipFormat.MarkLength)
        {
            return false;
        }

        var buffer = new byte[(int)Math.Min(BufferLength, to - from) + length];
        for (var at = from; at < to; at += buffer.Length - length)
        {
            var filled = await content.FillAsync(at, buffer, cancellationToken).ConfigureAwait(false);
            buffer.AsSpan(filled).Clear();
            if (Any(buffer, at, (int)Math.Min(buffer.Length - length, to - at), mark, length, match))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Any(ReadOnlySpan<byte> buffer, long bufferAt, int starts, uint mark, int length, Match match)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, mark);
        for (var at = 0; at < starts; at++)
        {
            var next = buffer[at..].IndexOf(bytes);
            if (next < 0 || at + next >= starts)
            {
                return false;
            }

            at += next;
            if (match(buffer.Slice(at, length), bufferAt + at))
            {
                return true;
            }
        }

        return false;
    }
}
