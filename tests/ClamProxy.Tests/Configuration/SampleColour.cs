namespace ClamProxy.Tests.Configuration;

public enum SampleColour
{
    None = 0,
    DarkRed,
    Blue,
}
