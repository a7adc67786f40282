using System.Security.Cryptography;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Clients;

/// <summary>What a client has on disk at the end.</summary>
/// <param name="IsComplete">The client says that the transfer is complete: its exit code is 0.</param>
/// <param name="Bytes">The file; empty where there is none.</param>
/// <param name="Log">What the client printed.</param>
internal sealed record Download(bool IsComplete, byte[] Bytes, string Log)
{
    public int Length => Bytes.Length;

    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Bytes));

    public bool HasEicar => Bytes.AsSpan().IndexOf(Eicar.Bytes) >= 0;

    public static Download Of(bool isComplete, string file, string log) =>
        new(isComplete, File.Exists(file) ? File.ReadAllBytes(file) : [], log);
}
