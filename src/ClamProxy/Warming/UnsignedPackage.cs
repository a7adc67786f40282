using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ClamProxy.Warming;

/// <summary>
/// The content hash of a signed NuGet package: that of the zip as it was before <c>.signature.p7s</c> was put in. Each entry, directory
/// record and the directory's end count as they would stand without it (NuGet's package signature specification).
/// </summary>
internal static class UnsignedPackage
{
    private const int EndLength = 22;
    private const int RecordLength = 46;
    private const int MostDirectory = 64 * 1024 * 1024;
    private static ReadOnlySpan<byte> SignatureName => ".signature.p7s"u8;

    /// <returns>Null where the package is not signed, or no zip that can be read.</returns>
    public static FileDigest? Hash(FileStream package)
    {
        // NuGet writes no comment behind the end of a package it signs.
        var end = Read(package, package.Length - EndLength, EndLength);
        if (end is null || BinaryPrimitives.ReadUInt32LittleEndian(end) != 0x06054b50)
        {
            return null;
        }

        var (length, offset) = (
            BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(12)), BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(16)));
        var directory = length > MostDirectory ? null : Read(package, offset, (int)length);
        return directory is null || Records(directory) is not { } records ? null : Hash(package, end, directory, offset, records);
    }

    private static FileDigest? Hash(
        FileStream package, byte[] end, byte[] directory, uint directoryOffset, List<(int Start, int Length, uint Offset)> records)
    {
        var signature = records.Find(record => Name(directory, record).SequenceEqual(SignatureName));
        var entryEnd = records.Where(
            record => record.Offset > signature.Offset).Select(record => record.Offset).DefaultIfEmpty(directoryOffset).Min();
        if (signature.Length == 0 || entryEnd < signature.Offset)
        {
            return null;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        Append(hash, package, 0, signature.Offset);
        Append(hash, package, entryEnd, directoryOffset);
        var gone = entryEnd - signature.Offset;
        foreach (var record in records.Where(record => record != signature))
        {
            var bytes = directory.AsSpan(record.Start, record.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[42..], record.Offset > signature.Offset ? record.Offset - gone : record.Offset);
            hash.AppendData(bytes);
        }

        Lower(end, 8);
        Lower(end, 10);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(12), (uint)(directory.Length - signature.Length));
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(16), directoryOffset - gone);
        hash.AppendData(end);
        return new(DigestAlgorithm.Sha512, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static List<(int Start, int Length, uint Offset)>? Records(byte[] directory)
    {
        var records = new List<(int, int, uint)>();
        for (var at = 0; at < directory.Length;)
        {
            var record = directory.AsSpan(at);
            if (record.Length < RecordLength || BinaryPrimitives.ReadUInt32LittleEndian(record) != 0x02014b50)
            {
                return null;
            }

            var length = RecordLength + Short(record, 28) + Short(record, 30) + Short(record, 32);
            if (length > record.Length)
            {
                return null;
            }

            records.Add((at, length, BinaryPrimitives.ReadUInt32LittleEndian(record[42..])));
            at += length;
        }

        return records;
    }

    private static ReadOnlySpan<byte> Name(byte[] directory, (int Start, int Length, uint Offset) record) =>
        directory.AsSpan(record.Start + RecordLength, Short(directory.AsSpan(record.Start), 28));

    private static int Short(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static void Lower(byte[] end, int at) => BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(at), (ushort)(Short(end, at) - 1));

    private static void Append(IncrementalHash hash, FileStream package, long from, long to)
    {
        var buffer = new byte[64 * 1024];
        package.Position = from;
        while (package.Position < to)
        {
            var count = package.Read(buffer, 0, (int)Math.Min(buffer.Length, to - package.Position));
            if (count == 0)
            {
                return;
            }

            hash.AppendData(buffer, 0, count);
        }
    }

    private static byte[]? Read(FileStream package, long from, int length)
    {
        if (from < 0 || from + length > package.Length)
        {
            return null;
        }

        var bytes = new byte[length];
        package.Position = from;
        package.ReadExactly(bytes);
        return bytes;
    }
}
