BeforeAll {
    Import-Module ([IO.Path]::Combine($PSScriptRoot, '..', '..', 'artifacts', 'module', 'PandoraSync'))

    function New-Folder { [IO.Directory]::CreateDirectory([IO.Path]::Combine([string] $TestDrive, [guid]::NewGuid().ToString('N'))).FullName }
    function New-File($Name, $Text) { $path = [IO.Path]::Combine((New-Folder), $Name); [IO.File]::WriteAllText($path, $Text); $path }
    function New-Password($Text) {
        $secret = [securestring]::new()
        foreach ($c in $Text.ToCharArray()) { $secret.AppendChar($c) }
        [pscredential]::new('any', $secret)
    }
}

Describe 'Rows of a pipeline' {
    It 'never use the connection of another row''s password' {
        $buffer = New-Folder
        foreach ($name in 'a.1.data', 'b.2.data') { [IO.File]::WriteAllText([IO.Path]::Combine($buffer, $name), 'x') }
        $server = Start-TentacleServer $buffer -Address 127.0.0.1 -Port 0 -Credential (New-Password 'sesame')
        try {
            $rows = foreach ($row in @(('sesame', 'a.1.data'), ('wrong', 'b.2.data'))) {
                [pscustomobject] @{ ComputerName = '127.0.0.1'; Port = $server.Port; Credential = New-Password $row[0]; Name = $row[1] }
            }
            $rows | Remove-TentacleFile -ErrorAction SilentlyContinue -ErrorVariable problems
            $problems | ForEach-Object { $_.FullyQualifiedErrorId } | Should -Be 'Tentacle.AuthenticationFailed,PandoraSync.Cmdlets.File.RemoveTentacleFileCmdlet'
            [IO.Directory]::GetFiles($buffer) | ForEach-Object { [IO.Path]::GetFileName($_) } | Should -Be 'b.2.data'
        }
        finally {
            Stop-TentacleServer $server
        }
    }
}
