from haihe.house.cli import main

main()
