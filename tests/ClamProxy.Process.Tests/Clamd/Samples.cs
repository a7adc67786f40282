using System.IO.Compression;
using System.Text;

namespace ClamProxy.Process.Tests.Clamd;

/// <summary>Contents to scan.</summary>
internal static class Samples
{
    /// <summary>Bytes that nothing is found in, different for every seed.</summary>
    public static byte[] Clean(int seed, int length = 1000)
    {
        var content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }

    public static byte[] Gzip(byte[] content)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return target.ToArray();
    }

    public static byte[] Zip(byte[] content)
    {
        using var target = new MemoryStream();
        using (var zip = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry("member.bin").Open();
            entry.Write(content);
        }

        return target.ToArray();
    }

    /// <summary>A zip with one stored member, encrypted the traditional way (ZipCrypto, APPNOTE.TXT 6.1).</summary>
    public static byte[] EncryptedZip(byte[] content)
    {
        const int HeaderLength = 12;
        var name = "member.bin"u8.ToArray();
        var body = new byte[HeaderLength + content.Length];
        var checksum = Crc32(content);
        body[HeaderLength - 1] = (byte)(checksum >> 24);
        content.CopyTo(body, HeaderLength);
        new ZipCrypto("secret").Encrypt(body);

        using var zip = new MemoryStream();
        using var writer = new BinaryWriter(zip, Encoding.ASCII);
        writer.Write(0x04034b50);
        WriteEntry(writer, checksum, body.Length, content.Length, name.Length);
        writer.Write(name);
        writer.Write(body);
        var directory = (int)zip.Length;
        writer.Write(0x02014b50);
        writer.Write((short)20);
        WriteEntry(writer, checksum, body.Length, content.Length, name.Length);
        writer.Write(new byte[14]);
        writer.Write(name);
        var directoryLength = (int)zip.Length - directory;
        writer.Write(0x06054b50);
        writer.Write(0);
        writer.Write((short)1);
        writer.Write((short)1);
        writer.Write(directoryLength);
        writer.Write(directory);
        writer.Write((short)0);
        return zip.ToArray();
    }

    private static void WriteEntry(BinaryWriter writer, uint checksum, int packed, int length, int nameLength)
    {
        writer.Write((short)20);
        writer.Write((short)1);
        writer.Write((short)0);
        writer.Write(0x5a210000);
        writer.Write(checksum);
        writer.Write(packed);
        writer.Write(length);
        writer.Write((short)nameLength);
        writer.Write((short)0);
    }

    private static uint Crc32(ReadOnlySpan<byte> content)
    {
        var value = uint.MaxValue;
        foreach (var one in content)
        {
            value = ZipCrypto.Step(value, one);
        }

        return ~value;
    }

    private sealed class ZipCrypto
    {
        private uint _first = 0x12345678;
        private uint _second = 0x23456789;
        private uint _third = 0x34567890;

        public ZipCrypto(string password)
        {
            foreach (var one in Encoding.ASCII.GetBytes(password))
            {
                Update(one);
            }
        }

        public static uint Step(uint value, byte one)
        {
            value ^= one;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value >> 1) ^ ((value & 1) * 0xEDB88320);
            }

            return value;
        }

        public void Encrypt(Span<byte> bytes)
        {
            foreach (ref var one in bytes)
            {
                var plain = one;
                var mask = (ushort)(_third | 2);
                one ^= (byte)((mask * (mask ^ 1)) >> 8);
                Update(plain);
            }
        }

        private void Update(byte plain)
        {
            _first = Step(_first, plain);
            _second = ((_second + (_first & 0xff)) * 134775813) + 1;
            _third = Step(_third, (byte)(_second >> 24));
        }
    }
}
