.PHONY: run test check bench binary ui fmt
run test check bench binary ui fmt:
	./dev $@
