using ClamProxy.Soak.Worlds;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Faults;

/// <summary>What the matrix and the soak call right, allowed and forbidden.</summary>
public sealed class JudgeTests
{
    private static readonly TestFile Clean = new(false, 5000, 1);
    private static readonly TestFile Infected = new(true, 5000, 2);

    [Fact]
    public void RightBytes_AreRight()
    {
        Assert.Equal(AnswerKind.Right, Judge.Of(Clean, null, 200, "clean", Clean.Bytes(), isWhole: true));
        Assert.Equal(AnswerKind.Right, Judge.Of(Clean, (100, 199), 206, "clean", Clean.Bytes().AsSpan(100, 100), isWhole: true));
        Assert.Equal(AnswerKind.Right, Judge.Of(Infected, null, 409, "infected", "no"u8, isWhole: true));
    }

    [Theory]
    [InlineData(4999)]
    [InlineData(0)]
    public void OneByteOfAnother_IsWrong(int at)
    {
        var body = Clean.Bytes();
        body[at] ^= 1;

        Assert.Equal(AnswerKind.Wrong, Judge.Of(Clean, null, 200, "clean", body, isWhole: true));
        Assert.Equal(AnswerKind.Wrong, Judge.Of(Clean, null, 200, "clean", body, isWhole: false));
    }

    [Fact]
    public void WholeBodyThatIsShort_IsWrong() =>
        Assert.Equal(AnswerKind.Wrong, Judge.Of(Clean, null, 200, "clean", Clean.Bytes().AsSpan(0, 4999), isWhole: true));

    [Fact]
    public void PartOfAnotherPlace_IsWrong() =>
        Assert.Equal(AnswerKind.Wrong, Judge.Of(Clean, (100, 199), 206, "clean", Clean.Bytes().AsSpan(101, 100), isWhole: true));

    [Theory]
    [InlineData(200, true)]
    [InlineData(200, false)]
    [InlineData(206, false)]
    [InlineData(409, true)]
    [InlineData(502, true)]
    public void InfectionInBody_IsUnscannedWhateverTheStatus(int status, bool isWhole) =>
        Assert.Equal(AnswerKind.Unscanned, Judge.Of(Infected, null, status, null, Infected.Bytes(), isWhole));

    [Fact]
    public void InfectedFileWithoutItsEnd_IsUnscannedOnlyWhenItLooksWhole()
    {
        var beginning = Infected.Bytes().AsSpan(0, 2000);

        Assert.Equal(AnswerKind.Aborted, Judge.Of(Infected, null, 200, null, beginning, isWhole: false));
        Assert.Equal(AnswerKind.Unscanned, Judge.Of(Infected, null, 200, null, beginning, isWhole: true));
    }

    [Theory]
    [InlineData(404)]
    [InlineData(500)]
    [InlineData(204)]
    public void OtherStatus_IsDishonest(int status) =>
        Assert.Equal(AnswerKind.Dishonest, Judge.Of(Clean, null, status, null, [], isWhole: true));

    [Fact]
    public void CleanFileRefused_IsAllowedOnlyAsUnscannable()
    {
        Assert.Equal(AnswerKind.Error, Judge.Of(Clean, null, 409, "unscannable", [], isWhole: true));
        Assert.Equal(AnswerKind.Dishonest, Judge.Of(Clean, null, 409, "infected", [], isWhole: true));
    }

    [Fact]
    public void InfectedFile_HoldsEicarInsideWhatIsHeldBack() =>
        Assert.InRange(Infected.Bytes().AsSpan().IndexOf(Eicar.Bytes), Infected.Size - ProxyUnderTest.HoldBack, Infected.Size - 68);
}
