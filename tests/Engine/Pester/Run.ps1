# Runs a file's blocks as Pester does: each block and each test in a scope of its own, in which its steps are dot-sourced. So what
# BeforeAll sets is read in every test of the block and below, and a test changes nothing for the next one.
param($PesterStandInRoot, $PesterStandInDrive)

$PesterStandInTest = {
    param($PesterStandInTest)
    try {
        $PesterStandInTest.Define($ExecutionContext.SessionState)
        foreach ($PesterStandInStep in $PesterStandInTest.Parent.BeforeEach) { $PesterStandInTest::Refuse((. $PesterStandInStep 2>&1)) }
        $PesterStandInTest::Refuse((. $PesterStandInTest.Body 2>&1))
        $PesterStandInTest.End()
    }
    catch { $PesterStandInTest.Fail($_) }
    foreach ($PesterStandInStep in $PesterStandInTest.Parent.AfterEach) {
        try { $PesterStandInTest::Refuse((. $PesterStandInStep 2>&1)) } catch { $PesterStandInTest.Fail($_) }
    }
}

$PesterStandInBlock = {
    param($PesterStandInThis, $PesterStandInRunBlock, $PesterStandInRunTest)
    try {
        $PesterStandInThis.Define($ExecutionContext.SessionState)
        $PesterStandInThis.NoteFiles($PesterStandInDrive)
        if ($PesterStandInThis.BeforeAll) { [PandoraSync.Tests.Engine.Pester.PesterTest]::Refuse((. $PesterStandInThis.BeforeAll 2>&1)) }
        foreach ($PesterStandInChild in $PesterStandInThis.Children) {
            if ($PesterStandInChild -is [PandoraSync.Tests.Engine.Pester.PesterBlock]) {
                & $PesterStandInRunBlock $PesterStandInChild $PesterStandInRunBlock $PesterStandInRunTest
            }
            else { & $PesterStandInRunTest $PesterStandInChild }
        }
    }
    catch { $PesterStandInThis.Fail($_) }
    try {
        if ($PesterStandInThis.AfterAll) { [PandoraSync.Tests.Engine.Pester.PesterTest]::Refuse((. $PesterStandInThis.AfterAll 2>&1)) }
        $PesterStandInThis.RemoveNewFiles($PesterStandInDrive)
    }
    catch { $PesterStandInThis.Fail($_) }
}

& $PesterStandInBlock $PesterStandInRoot $PesterStandInBlock $PesterStandInTest
