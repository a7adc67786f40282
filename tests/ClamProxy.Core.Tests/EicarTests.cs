using System.Security.Cryptography;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests;

public sealed class EicarTests
{
    [Fact]
    public void AssembledBytes_AreTheTestFileOfEicarOrg() =>
        Assert.Equal(
            "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f",
            Convert.ToHexStringLower(SHA256.HashData(Eicar.Bytes)));
}
