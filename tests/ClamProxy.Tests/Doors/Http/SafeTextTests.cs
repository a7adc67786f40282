using ClamProxy.Problems;

namespace ClamProxy.Tests.Doors.Http;

public sealed class SafeTextTests
{
    [Theory]
    [InlineData("Eicar-Test-Signature.UNOFFICIAL", "Eicar-Test-Signature.UNOFFICIAL")]
    [InlineData("Evil\r\nSet-Cookie: a=b", "Evil__Set-Cookie__a_b")]
    [InlineData("naïve OK", "na_ve_OK")]
    public void Word_HasSafeCharactersOnly(string name, string expected) => Assert.Equal(expected, SafeText.Word(name));

    [Fact]
    public void LongText_IsCut()
    {
        Assert.Equal("abc...", SafeText.Cut("abcdef", 3));
        Assert.Equal(80, SafeText.Word(new string('a', 1000)).Length);
    }
}
