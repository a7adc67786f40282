using System.Security.Cryptography;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Jobs;

/// <summary>A file that no other has the bytes of.</summary>
/// <param name="Name">As its sender calls it.</param>
/// <param name="Status">How its job has to end.</param>
internal sealed record JobFile(string Name, byte[] Bytes, string Status)
{
    public static JobFile Make(string name, int size, bool isInfected)
    {
        var bytes = RandomNumberGenerator.GetBytes(size);
        if (isInfected)
        {
            Eicar.Bytes.CopyTo(bytes, size - Eicar.Bytes.Length);
        }

        return new JobFile(name, bytes, isInfected ? "INFECTED" : "CLEAN");
    }
}
